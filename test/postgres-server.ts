import { execFileSync, spawn, spawnSync, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../sandbox/listen.ts'
import { postgresFolder } from './machine.ts'

/** A PostgreSQL server of its own on 127.0.0.1, in a folder that is deleted with it. */
export interface Postgres {
  /** Creates an empty database and returns its address */
  createDatabase: () => string
  /** The server's self-signed certificate for 127.0.0.1 */
  certificate: string
  start: () => Promise<void>
  /** immediate: as if it crashed */
  stop: (mode: 'fast' | 'immediate') => Promise<void>
  /** Runs SQL as the owner and returns the rows as text, one a line, columns separated by `|` */
  query: (url: string, sql: string) => string
  /** Stops it at once and deletes its folder; synchronous, so that it can run when the process exits */
  close: () => void
}

// The user nobody, as PostgreSQL refuses to run as root.
const unprivileged = 65534

/** Makes a server in a new folder and starts it. */
export async function startPostgresServer (): Promise<Postgres> {
  const owner = process.getuid?.() === 0 ? { uid: unprivileged, gid: unprivileged } : {}
  const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-postgres-'))
  chmodSync(folder, 0o700)
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const log = join(folder, 'log')
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit']
  const quiet = { ...owner, cwd: folder, stdio }
  // Not synchronous: meanwhile the test may have to answer the service.
  const pgCtl = async (...args: string[]) => {
    const [code] = await once(spawn(join(postgresFolder, 'pg_ctl'), ['-D', data, '-w', '-s', ...args], quiet), 'exit')
    if (code !== 0) throw new Error(`pg_ctl ${args.at(-1)} ended with ${code}`)
  }
  const start = () => pgCtl('-l', log, 'start')
  const query = (url: string, sql: string) =>
    execFileSync(join(postgresFolder, 'psql'), [
      '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql
    ], { encoding: 'utf8' }).trim()

  execFileSync(join(postgresFolder, 'initdb'), [
    '-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'
  ], quiet)
  writeFileSync(join(data, 'postgresql.auto.conf'), [
    "listen_addresses = '127.0.0.1'", `port = ${port}`, "unix_socket_directories = ''", 'fsync = off', 'ssl = on', ''
  ].join('\n'))
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  execFileSync('openssl', [
    'req', '-new', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
    '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate
  ], { ...quiet, stdio: 'ignore' })
  chmodSync(key, 0o600)
  await start()
  let databases = 0
  return {
    createDatabase () {
      const name = `test${++databases}`
      query(`postgres://owner@127.0.0.1:${port}/postgres`, `create database ${name}`)
      return `postgres://owner@127.0.0.1:${port}/${name}`
    },
    certificate,
    start,
    stop: mode => pgCtl('-m', mode, 'stop'),
    query,
    close () {
      spawnSync(join(postgresFolder, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], owner)
      rmSync(folder, { recursive: true })
    }
  }
}
