// fastify-bitrix24 replay <file> [--app URL] [--portal URL]: sends a call that the panel saved, with fresh tokens of
// the running sandbox.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { visible } from '../src/commands/command.ts'
import { fillIn } from './panel/saved-call.ts'
import type { SavedCall } from './panel/saved-call.ts'
import { isSecret, withoutSecrets } from './secrets.ts'
import { refusalOn } from './send-message.ts'

const USAGE = 'Usage: fastify-bitrix24 replay <file> [--app URL of the service] [--portal URL of the portal]'

/** The result of a step, or one sentence for whoever started the program. */
async function step<Result> (complaint: string, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch {
    throw new Error(complaint)
  }
}

/** What the sandbox fills the placeholders with, or the sentence with which it refuses. */
async function askFreshFields (portal: string, user: number): Promise<Record<string, string> | string> {
  const response = await fetch(new URL('/sandbox/api/grant', portal), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user })
  })
  // The sandbox answers with fields of a form, and refuses with a sentence; whatever else answers sends no JSON.
  const fields = await response.json() as Record<string, string>
  return response.ok ? fields : String(fields.error_description)
}

const withoutTags = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim()

/** What a person wants to know of a page: its title, its heading, its error code. Nothing else of it is printed. */
function summaryOf (html: string): string[] {
  const found = [
    ['Title', /<title[^>]*>(.*?)<\/title>/is.exec(html)?.[1]],
    ['Heading', /<h1[^>]*>(.*?)<\/h1>/is.exec(html)?.[1]], ['Error', refusalOn(html)]
  ] as const
  return found.flatMap(([name, text]) => text === undefined ? [] : [`${name}: ${withoutTags(text)}`])
}

async function replay (): Promise<void> {
  const { positionals: [file], values } = await step(USAGE, () =>
    parseArgs({ allowPositionals: true, options: { app: { type: 'string' }, portal: { type: 'string' } } }))
  if (file === undefined) throw new Error(USAGE)
  const text = await step(`There is no file ${file} to read.`, () => readFile(file, 'utf8'))
  // What the panel saves has this shape; anything else fails below, with a sentence.
  const saved = await step(`${file} holds no JSON.`, () => JSON.parse(text) as SavedCall)
  const notSaved = `${file} is not a call that the panel of the sandbox saved, or --app or --portal is no address.`
  const { url, portal } = await step(notSaved, () => {
    const path = new URL(saved.url)
    const url = new URL(path.pathname, values.app ?? path.origin)
    return { url, portal: new URL(values.portal ?? saved.portal).origin }
  })
  const noSandbox = `The sandbox does not answer at ${portal}; start it with fastify-bitrix24 dev or ` +
    'npm run demo, or name its address with --portal.'
  const fresh = await step(noSandbox, () => askFreshFields(portal, saved.user))
  if (typeof fresh === 'string') throw new Error(`The sandbox at ${portal} gives no tokens for this call: ${fresh}`)
  const [query, body] = await step(notSaved, () => [fillIn(saved.query, fresh), fillIn(saved.body, fresh)])
  url.search = new URLSearchParams(query).toString()
  const noService = `Nothing answers at ${url.origin}; start the service, or name its address with --app.`
  const answer = await step(noService, () => fetch(url, {
    method: saved.method,
    redirect: 'manual',
    ...(saved.method === 'POST' && { body: new URLSearchParams(body) })
  }))
  if (answer.status >= 400) process.exitCode = 1
  // A page that shows the fields of its call shows the tokens, too.
  const secrets = Object.entries(fresh).flatMap(([name, value]) => isSecret(name) ? [value] : [])
  const said = [`Status: ${answer.status}`, ...summaryOf(await answer.text())].join('\n')
  console.log(visible(withoutSecrets(said, secrets)))
}

try {
  await replay()
} catch (error) {
  // Every step throws an error with a sentence.
  console.error(visible((error as Error).message))
  process.exitCode = 1
}
