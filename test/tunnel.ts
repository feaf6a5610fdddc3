// Tunnels as they are outside of this machine: an https proxy with an authority of its own, and programs on PATH.
import { execFileSync, spawn } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Test } from 'tap'

const proxy = join(import.meta.dirname, 'fixtures/tunnel/proxy.ts')

/** Files of a certificate for 127.0.0.1, and of the authority that has signed it. */
export interface Certificate {
  authority: string
  key: string
  certificate: string
  /** What Chromium takes in `--ignore-certificate-errors-spki-list` */
  spki: string
}

/** Makes an authority, which this process trusts from then on, and a certificate. */
export function makeCertificate (t: Test): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'fastify-bitrix24-certificate-'))
  t.after(() => { rmSync(folder, { recursive: true }) })
  const make = (name: string, ...args: string[]) => execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '2',
    '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', `${name}.key`, '-out', `${name}.pem`, ...args],
  { cwd: folder, stdio: 'ignore' })
  make('authority', '-subj', '/CN=Authority of this test')
  make('server', '-subj', '/CN=127.0.0.1', '-CA', 'authority.pem', '-CAkey', 'authority.key',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE')
  const [authority, key, certificate] = [join(folder, 'authority.pem'), join(folder, 'server.key'),
    join(folder, 'server.pem')]
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(authority, 'utf8')])
  const { publicKey } = new X509Certificate(readFileSync(certificate))
  const spki = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64')
  return { authority, key, certificate, spki }
}

/** Starts the proxy to an origin, and gives its address. */
export async function startProxy (t: Test, { key, certificate }: Certificate, origin: string): Promise<string> {
  const args = [proxy, key, certificate, '0', origin]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data') as [string]
  return line.trim()
}

/** Writes a program of the shell. */
export function writeProgram (folder: string, name: string, script: string): void {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
}

/**
 * Writes ngrok: its arguments are those of the real one, it prints what the real one prints, and the tunnel works. Its
 * process id is in the file `pid`.
 */
export function writeNgrok (folder: string, { key, certificate }: Certificate, port = 0): void {
  writeProgram(folder, 'ngrok', [
    `echo $$ > '${folder}/pid'`,
    '[ "$1 $3 $4 $5 $6" = "http --log stdout --log-format logfmt" ] || { echo "ERROR:  unknown flag"; exit 1; }',
    "echo 't=2026-11-26T10:00:00+0000 lvl=info msg=\"starting web service\" obj=web addr=127.0.0.1:4040'",
    'export PREFIX="t=2026-11-26T10:00:01+0000 lvl=info msg=\\"started tunnel\\" obj=tunnels name=command_line ' +
      'addr=$2 url="',
    `exec '${process.execPath}' '${proxy}' '${key}' '${certificate}' ${port} "$2"`
  ].join('\n'))
}
