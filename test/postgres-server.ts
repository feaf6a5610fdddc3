import { execFileSync, spawn, spawnSync, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../sandbox/listen.ts'
import { postgresFolder } from './machine.ts'

/** Where a server is */
export interface PostgresAddress {
  port: number
  /** The server's self-signed certificate for 127.0.0.1 */
  certificate: string
}

/** A PostgreSQL server on 127.0.0.1. */
export interface Postgres extends PostgresAddress {
  /** Creates an empty database and returns its address */
  createDatabase: () => string
  /** Runs SQL as the owner and returns the rows as text, one a line, columns separated by `|` */
  query: (url: string, sql: string) => string
}

/** One in a folder of its own, which is deleted with it. */
export interface OwnPostgres extends Postgres {
  start: () => Promise<void>
  /** immediate: as if it crashed */
  stop: (mode: 'fast' | 'immediate') => Promise<void>
  /** Makes it hang: connections stay open, new ones are accepted, and nothing is answered. Returns what ends that */
  hang: () => () => void
  /** Stops it at once and deletes its folder; synchronous, so that it can run when the process exits */
  close: () => void
}

// The user nobody, as PostgreSQL refuses to run as root.
const unprivileged = 65534

function query (url: string, sql: string): string {
  const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql]
  return execFileSync(join(postgresFolder, 'psql'), options, { encoding: 'utf8' }).trim()
}

let databases = 0

/** A server that somebody else may use, too. */
export const postgresAt = (address: PostgresAddress): Postgres => ({
  ...address,
  createDatabase () {
    const [server, name] = [`postgres://owner@127.0.0.1:${address.port}`, `test_${process.pid}_${++databases}`]
    query(`${server}/postgres`, `create database ${name}`)
    return `${server}/${name}`
  },
  query
})

/** Makes a server in a new folder and starts it. */
export async function startPostgresServer (): Promise<OwnPostgres> {
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

  execFileSync(join(postgresFolder, 'initdb'), [
    '-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'
  ], quiet)
  writeFileSync(join(data, 'postgresql.auto.conf'), [
    "listen_addresses = '127.0.0.1'", `port = ${port}`, "unix_socket_directories = ''", 'fsync = off', 'ssl = on',
    'max_connections = 400', ''
  ].join('\n'))
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  execFileSync('openssl', [
    'req', '-new', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
    '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate
  ], { ...quiet, stdio: 'ignore' })
  chmodSync(key, 0o600)
  await start()
  return {
    ...postgresAt({ port, certificate }),
    start,
    stop: mode => pgCtl('-m', mode, 'stop'),
    hang () {
      const [server] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      const others = query(`postgres://owner@127.0.0.1:${port}/postgres`,
        'select pid from pg_stat_activity where pid <> pg_backend_pid()')
      const processes = [Number(server), ...others.split('\n').map(Number)]
      for (const id of processes) process.kill(id, 'SIGSTOP')
      return () => { for (const id of processes.splice(0)) process.kill(id, 'SIGCONT') }
    },
    close () {
      spawnSync(join(postgresFolder, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], owner)
      rmSync(folder, { recursive: true })
    }
  }
}
