import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { join } from 'node:path'
import type { Test } from 'tap'
import { checkUp, type CheckUpOptions } from '../../../src/doctor/check-up.ts'
import type { Finding } from '../../../src/doctor/finding.ts'
import { serverFor } from '../../servers.ts'
import { startService, type Service, type ServiceOptions } from '../../service.ts'

export interface Patient extends Service {
  /** Variables with which the doctor belongs to this service */
  env: Record<string, string>
  /** The file of the database */
  file: string
}

/** A service on a database that the doctor can read too. */
export async function startPatient (t: Test, { env = {}, ...options }: ServiceOptions = {}): Promise<Patient> {
  const file = join(t.testdir(), 'store.db')
  const all = { ...env, DATABASE_URL: `sqlite:${file}` }
  const service = await startService(t, { ...options, env: all })
  return { ...service, file, env: { ...service.sandbox.env, ...all } }
}

export const sumOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** What the doctor finds. No finding holds a secret. */
export async function diagnose (
  t: Test, env: Record<string, string>, options: Partial<CheckUpOptions> = {}
): Promise<{ codes: string[], findings: Finding[] }> {
  const findings = await checkUp({ env, timeout: 10_000, limit: 20, ...options })
  const text = JSON.stringify(findings)
  for (const name of ['B24_CLIENT_SECRET', 'APP_SECRET']) if (env[name]) t.notOk(text.includes(String(env[name])), name)
  t.notMatch(text, /[0-9a-f]{60}|pass.word|secret-port/, 'a token, a password, a value')
  return { findings, codes: findings.map(({ code }) => code) }
}

interface ProxyRules {
  /** Headers with which a request goes on */
  forward?: (headers: IncomingHttpHeaders) => IncomingHttpHeaders
  /** Answers by itself: returns true */
  intercept?: (...call: Parameters<RequestListener>) => boolean
  /** Headers of the answer */
  answer?: (headers: IncomingHttpHeaders) => IncomingHttpHeaders
}
const unchanged = (headers: IncomingHttpHeaders) => headers

/** Rules for headers: these are added, or replace those of the same name. */
export const adding = (more: IncomingHttpHeaders) => (headers: IncomingHttpHeaders) => ({ ...headers, ...more })

/** The same for a clock that is off by so many milliseconds. */
export const clockOff = (by: number) => adding({ date: new Date(Date.now() + by).toUTCString() })

/** Starts a proxy in front of a server, closed with the test, and returns its origin. */
export async function proxyFor (
  t: Test, target: string, { forward = unchanged, intercept = () => false, answer = unchanged }: ProxyRules
): Promise<string> {
  return await serverFor(t, (incoming, outgoing) => {
    if (intercept(incoming, outgoing)) return
    const options = { method: incoming.method, headers: forward({ ...incoming.headers }) }
    incoming.pipe(request(new URL(incoming.url ?? '', target), options, response => {
      outgoing.writeHead(response.statusCode ?? 500, answer({ ...response.headers }))
      response.pipe(outgoing)
    }))
  })
}
