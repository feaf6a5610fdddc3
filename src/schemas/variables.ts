// Reads the texts of variables. Each function throws an error that says what the text must be, and never repeats it.
import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { createKeyRing } from '../crypto/keys.ts'
import { isNetwork } from '../http/trusted-proxies.ts'

/** A key of a back-end that writes links. */
export interface ApiKey {
  /** Stands in the log of the calls that are made with it */
  name: string
  /** SHA-256 of the key, in hex: the key itself is kept nowhere */
  sha256: string
  /** member_id of the portals that it is for; undefined: all of them */
  portals?: readonly string[]
}

/** Throws an error that says what the text of a variable must be. */
export function wrong (what: string): never {
  throw new Error(what)
}

/** Refuses quotes around a text: Docker's --env-file keeps those that other readers of such files take off. */
export const unquoted = (text: string): string => /^(["']).*\1$/s.test(text) ? wrong('must not be in quotes') : text

export const asIs = (text: string) => text

export const oneOf = <T extends string>(...values: T[]) => (text: string): T =>
  values.find(value => value === text) ?? wrong(`must be one of ${values.join(', ')}`)

export const wholeNumber = (min: number, max: number) => (text: string) => {
  const value = Number(text)
  const isInRange = Number.isInteger(value) && value >= min && value <= max
  return isInRange ? value : wrong(`must be a whole number from ${min} to ${max}`)
}

export const listOf = <T>(read: (part: string) => T) => (text: string) =>
  text === 'none' ? [] : text.split(',').map(part => read(part.trim()))

export const notHttps = 'must be an https:// address'

/** An address without a trailing slash, which may have a path. */
export function readAddress (text: string): string {
  const url = URL.parse(text)
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username + url.search + url.hash === ''
  if (!isPlain) return wrong(notHttps)
  const path = url.pathname.replace(/\/+$/, '')
  const isPlainPath = /^[\w.~/-]*$/.test(path) && !path.includes('//')
  return isPlainPath ? url.origin + path : wrong('must be an address with a plain path')
}

export function readOrigin (text: string): string {
  const address = readAddress(text)
  return address === new URL(address).origin ? address : wrong('must be an address without a path')
}

/** A folder, which may not be there; '' stands for `application`, if that is. */
export function readFolder (text: string): string | undefined {
  const isUsual = statSync('application', { throwIfNoEntry: false })?.isDirectory() === true
  return text !== '' || isUsual ? resolve(text || 'application') : undefined
}

export function readNetworks (text: string): string[] | false {
  const networks = listOf(asIs)(text)
  if (networks.every(isNetwork)) return networks.length > 0 && networks
  return wrong('must be addresses, CIDRs, or loopback, linklocal, uniquelocal, comma separated')
}

/** The form of the address of a store. */
export function readDatabaseUrl (text: string): string {
  if (/^sqlite:\s*\S/.test(text)) return text
  if (!/^postgres(?:ql)?:\/\//.test(text)) return wrong('must be sqlite:<file> or postgres://…')
  // The error of the parser would hold the address, and the password in it.
  return URL.canParse(text) ? text : wrong('is not an address; are special characters in the password percent-encoded?')
}

export function readKeys (text: string): string {
  try {
    createKeyRing(text)
    return text
  } catch {
    return wrong('must be base64 keys of 32 bytes each, comma separated, newest first')
  }
}

function readApiKey (text: string): ApiKey {
  const form = /^([\w.-]{1,40}):([0-9a-f]{64})(?::([\w-]{1,64}(?:\|[\w-]{1,64})*))?$/i
  const [, name, sha256, portals] = form.exec(text) ?? []
  if (name === undefined || sha256 === undefined) {
    return wrong('must be name:sha256 or name:sha256:member_id|member_id, comma separated, with SHA-256 sums in hex: ' +
      'of the keys, never the keys themselves')
  }
  return { name, sha256: sha256.toLowerCase(), ...(portals !== undefined && { portals: portals.split('|') }) }
}

export function readApiKeys (text: string): ApiKey[] {
  const keys = listOf(readApiKey)(text)
  // What a shell without the key makes of `printf %s "$KEY" | sha256sum`.
  if (keys.some(({ sha256 }) => sha256 === hash('sha256', ''))) wrong('must not hold the SHA-256 sum of an empty key')
  const isRepeated = (part: 'name' | 'sha256') => new Set(keys.map(key => key[part])).size < keys.length
  return isRepeated('name') || isRepeated('sha256') ? wrong('must not hold a name or a sum twice') : keys
}
