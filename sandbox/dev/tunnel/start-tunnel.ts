import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { TunnelError } from '../../../src/errors.ts'
import { HOST } from '../../listen.ts'
import type { FoundTunnel } from './find-tunnel.ts'

/** A way from a public address to a port of this machine. */
export interface Tunnel {
  /** The public address, once the tunnel is open. Rejects with a sentence when it could not be opened. */
  opened: Promise<string>
  /** Rejects with a sentence when its program has ended by itself. */
  ended: Promise<never>
  /** Ends the program, and what it has started. */
  close (): Promise<void>
}

/** Milliseconds to open a tunnel, and to end a program. */
const OPENING = 30_000
const ENDING = 3000

/** So many lines may say why a program has ended. */
const KEPT_LINES = 50
const KEPT_CHARACTERS = 1000

/** The line of a program that says what is wrong, without a token that it may repeat. */
function faultIn (lines: readonly string[]): string {
  const texts = lines.map(line => line.trim()).filter(line => line !== '')
  const fault = texts.find(line => /^error\b/i.test(line)) ??
    texts.find(line => /\b(?:ERR|err|error|failed)\b/.test(line))
  return (fault ?? texts.at(-1) ?? 'it has printed nothing')
    .replace(/((?:token|secret|password|key)\b[:=]?\s*)(?=\S*\d)\S+/gi, '$1…')
}

/**
 * Opens the tunnel to a port.
 *
 * @param patience milliseconds until a program that has opened none is given up
 */
export function startTunnel (found: FoundTunnel, port: number, patience = OPENING): Tunnel {
  if ('address' in found) {
    return { opened: Promise.resolve(found.address), ended: new Promise(() => {}), async close () {} }
  }
  const { name, file, program } = found
  // A group of its own: Ctrl+C in a terminal does not reach it, and what it has started ends with it.
  const child = spawn(file, program.args(`http://${HOST}:${port}`), {
    detached: true, stdio: ['ignore', 'pipe', 'pipe']
  })
  const closed = once(child, 'close').then(() => {}, (error: Error) => { lines.push(error.message) })
  const lines: string[] = []
  const seen = Promise.withResolvers<string>()
  let [address, isConnected, isStopped] = ['', program.connected === undefined, false]

  function onLine (printed: string): void {
    // A terminal would obey what is no text.
    const line = stripVTControlCharacters(printed.slice(0, KEPT_CHARACTERS)).replace(/\p{Cc}/gu, ' ')
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
    if (address === '') address = URL.parse(program.address.exec(line)?.[1] ?? '')?.origin ?? ''
    else isConnected ||= program.connected?.test(line) === true
    if (address !== '' && isConnected) seen.resolve(address)
  }
  for (const input of [child.stdout, child.stderr]) createInterface(input).on('line', onLine)

  function kill (signal: NodeJS.Signals): void {
    try {
      process.kill(-Number(child.pid), signal)
    } catch {
      // It has ended, or the system knows no groups.
      child.kill(signal)
    }
  }
  const killNow = () => kill('SIGKILL')
  process.on('exit', killNow)

  const ended = closed.then((): Promise<never> => {
    process.off('exit', killNow)
    return isStopped ? new Promise(() => {}) : Promise.reject(new TunnelError(`${name} has ended: ${faultIn(lines)}`))
  })
  const late = wait(patience, undefined, { ref: false }).then((): never => {
    throw new TunnelError(`${name} has opened no tunnel within ${patience / 1000} s: ${faultIn(lines)}`)
  })
  const opened = Promise.race([seen.promise, ended, late])
  // Whoever waits for them hears of it.
  for (const promise of [ended, late, opened]) promise.catch(() => {})
  return {
    opened,
    ended,
    async close () {
      isStopped = true
      kill('SIGTERM')
      await Promise.race([closed, wait(ENDING, undefined, { ref: false })])
      kill('SIGKILL')
      await closed
    }
  }
}
