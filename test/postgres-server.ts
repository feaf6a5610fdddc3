import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../sandbox/listen.ts'

/** A PostgreSQL server of its own on 127.0.0.1, in a folder that is deleted with it. */
export interface Postgres {
  /** A new, empty database. Out: its address */
  createDatabase: () => string
  /** The certificate of the server, which it has signed itself, for 127.0.0.1 */
  certificate: string
  start: () => Promise<void>
  /** immediate: as if it crashed */
  stop: (mode: 'fast' | 'immediate') => Promise<void>
  /** Runs SQL as the owner. Out: rows as text, one a line, columns separated by `|` */
  query: (url: string, sql: string) => string
  /** Stops it and deletes its folder */
  close: () => Promise<void>
}

/** Where the system has it, as Debian installs it, or POSTGRES_BIN says. */
export function postgresFolder (): string {
  return process.env['POSTGRES_BIN'] ?? ['18', '17', '16', '15'].map(version => `/usr/lib/postgresql/${version}/bin`).find(existsSync) ?? '/usr/lib/postgresql'
}

// It refuses to run as root.
const unprivileged = 65534

/** In: the folder of `initdb` and `pg_ctl`. */
export async function startPostgresServer (bin: string): Promise<Postgres> {
  const owner = process.getuid?.() === 0 ? { uid: unprivileged, gid: unprivileged } : {}
  const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-postgres-'))
  chmodSync(folder, 0o700)
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const log = join(folder, 'log')
  // The test goes on meanwhile: it may be the one that answers the service.
  const pgCtl = async (...args: string[]) => {
    const [code] = await once(spawn(join(bin, 'pg_ctl'), ['-D', data, '-w', '-s', ...args], { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
    if (code !== 0) throw new Error(`pg_ctl ${args.at(-1)} ended with ${code}`)
  }
  const start = () => pgCtl('-l', log, 'start')
  const query = (url: string, sql: string) =>
    execFileSync(join(bin, 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql], { encoding: 'utf8' }).trim()

  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(join(data, 'postgresql.auto.conf'), `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nfsync = off\nssl = on\n`)
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  execFileSync('openssl', ['req', '-new', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], { ...owner, cwd: folder, stdio: 'ignore' })
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
    async close () {
      const { status } = spawnSync(join(bin, 'pg_ctl'), ['-D', data, 'status'], owner)
      if (status === 0) await pgCtl('-m', 'immediate', 'stop')
      rmSync(folder, { recursive: true })
    }
  }
}
