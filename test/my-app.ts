// An application as `fastify-bitrix24 init` writes it, and `fastify-bitrix24 dev` in its folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { root, unmeasured, unmeasuredNode, type Command } from './app/process.ts'
import { freePort } from './service.ts'
import { cli, runHere } from './tool.ts'
import { until } from './until.ts'

export interface MyApp {
  folder: string
  read: (path: string) => string
  write: (path: string, text: string) => void
  /** Replaces a part of a file. */
  edit: (path: string, from: string, to: string) => void
}

/** Writes the application; this package is its dependency, as a link. */
export async function initMyApp (t: Test): Promise<MyApp> {
  const folder = join(t.testdir({}), 'my-app')
  const { code, stderr } = await runHere(t, ['init', folder])
  if (code !== 0) throw new Error(stderr)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/fastify-bitrix24'))
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  const write = (path: string, text: string) => { writeFileSync(join(folder, path), text) }
  return { folder, read, write, edit: (path, from, to) => { write(path, read(path).replace(from, to)) } }
}

/** Runs a program in the folder of the application to its end. */
export async function runIn (
  folder: string, args: string[], { isMeasured = false } = {}
): Promise<{ code: number, printed: string }> {
  const command: Command = isMeasured ? [process.execPath, args] : unmeasuredNode(...args)
  const child = spawn(...command, { cwd: folder })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), printed: stdout + stderr }
}

export interface Dev {
  printed: () => string
  /** Waits until it has printed this */
  says: (text: string | RegExp) => Promise<void>
  /** Addresses of the portal and of the service */
  portal: string
  service: string
  /** What the deal tab answers in its slider on the portal */
  openTab: () => Promise<{ status: number, html: string }>
  /** Sends the signal, SIGINT by default, to the process that was started. */
  stop: (signal?: NodeJS.Signals) => Promise<number>
  /** Types something, where it runs in a terminal. */
  type: (text: string) => void
}

const plain = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

export interface DevRun {
  env?: Record<string, string>
  args?: string[]
  /** Measures coverage */
  isMeasured?: boolean
  /** Printed when the test can go on */
  until?: string
  /** A program that runs the command in its arguments */
  within?: [string, ...string[]]
  /** Runs the package that is installed in the folder, in place of our source */
  isInstalled?: boolean
}

/** Starts `dev`, on free ports. */
export async function startDev (
  t: Test,
  folder: string,
  {
    env = {}, args = [], isMeasured = false, until: printedThen = 'Open http', within = ['env'], isInstalled = false
  }: DevRun = {}
): Promise<Dev> {
  const [port, portalPort] = [await freePort(), await freePort()]
  const ports = ['--port', String(port), '--portal-port', String(portalPort)]
  const all = ['dev', ...ports, ...args]
  const source: Command = isMeasured ? [process.execPath, [cli, ...all]] : unmeasuredNode(cli, ...all)
  const installed = join(folder, 'node_modules/.bin/fastify-bitrix24')
  const [node, nodeArgs]: Command = isInstalled
    ? ['env', [...unmeasured, process.execPath, installed, ...all]]
    : source
  const [program, ...before] = within
  const child = spawn(program, [...before, node, ...nodeArgs], {
    cwd: folder,
    env: { ...process.env, LOG_LEVEL: '', ...env }
  })
  const ended = once(child, 'exit').then(([code]) => Number(code))
  let printed = ''
  child.stdout.on('data', chunk => { printed += String(chunk) })
  child.stderr.on('data', chunk => { printed += String(chunk) })
  t.after(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const says = (text: string | RegExp) =>
    until(() => text instanceof RegExp ? text.test(printed) : printed.includes(text))
  await Promise.race([says(printedThen), ended.then(() => { throw new Error(printed) })])
  const portal = `http://localhost:${portalPort}`
  return {
    printed: () => printed,
    says,
    portal,
    service: `http://127.0.0.1:${port}`,
    async openTab () {
      const page = await (await fetch(`${portal}/marketplace/placement/CRM_DEAL_DETAIL_TAB/?IFRAME=Y`)).text()
      const [, action = ''] = /<form [^>]*action="([^"]+)"/.exec(page) ?? []
      const fields = [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
      const body = new URLSearchParams(fields.map(([, name, value]) => [plain(String(name)), plain(String(value))]))
      const answer = await fetch(plain(action), { method: 'POST', body })
      return { status: answer.status, html: await answer.text() }
    },
    stop (signal = 'SIGINT') {
      child.kill(signal)
      return ended
    },
    type: text => { child.stdin.write(text) }
  }
}
