import { readFileSync } from 'node:fs'
import type { Sandbox } from '../../sandbox/index.ts'
import { ask } from './helper.ts'

export const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/payloads/${name}.json`, import.meta.url), 'utf8')).response

/** Keys and the types of their values, whatever their order. */
export const shape = (value: object): string[] =>
  Object.entries(value).map(([key, item]) => `${key} ${typeof item}`).sort()

export const describe = (sandbox: Sandbox, accessToken: string) =>
  ask(`${sandbox.authorizationServer}/rest/app.info?auth=${accessToken}`)

export function refresh (sandbox: Sandbox, refreshToken: string, overrides: Record<string, string> = {}) {
  const fields = {
    grant_type: 'refresh_token',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    refresh_token: refreshToken,
    ...overrides
  }
  return ask(`${sandbox.authorizationServer}/oauth/token/`, { method: 'POST', body: new URLSearchParams(fields) })
}
