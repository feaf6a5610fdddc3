// npm run replay -- <file> [--app URL] [--portal URL]: sends a call that the panel saved, with fresh tokens of the running sandbox.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { fillIn } from './panel/saved-call.ts'
import type { SavedCall } from './panel/saved-call.ts'
import { shorten } from './secrets.ts'

const USAGE = 'Usage: npm run replay -- <file> [--app URL of the service] [--portal URL of the portal]'

/** The result of a step, or one sentence for whoever started the program. */
async function step<Result> (complaint: string, action: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch {
    throw new Error(complaint)
  }
}

async function freshFields (portal: string, user: number): Promise<Record<string, string>> {
  const response = await fetch(new URL('/sandbox/api/grant', portal), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user })
  })
  if (!response.ok) throw new Error('no grant')
  // The sandbox answers with fields of a form.
  return await response.json() as Record<string, string>
}

const withoutTags = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim()

/** What a person wants to know of a page: its title, its heading, its error code. Nothing else of it is printed. */
function summaryOf (html: string): string[] {
  const found = [['Title', /<title[^>]*>(.*?)<\/title>/is], ['Heading', /<h1[^>]*>(.*?)<\/h1>/is], ['Error', /(B24_ERR_[A-Z_]+)/]] as const
  return found.flatMap(([name, pattern]) => {
    const text = pattern.exec(html)?.[1]
    return text === undefined ? [] : [`${name}: ${withoutTags(text)}`]
  })
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
  const fresh = await step(`The sandbox does not answer at ${portal}; start it with npm run demo, or name its address with --portal.`,
    () => freshFields(portal, saved.user))
  const [query, body] = await step(notSaved, () => [fillIn(saved.query, fresh), fillIn(saved.body, fresh)])
  url.search = new URLSearchParams(query).toString()
  const answer = await step(`Nothing answers at ${url.origin}; start the service, or name its address with --app.`, () => fetch(url, {
    method: saved.method,
    redirect: 'manual',
    ...(saved.method === 'POST' && { body: new URLSearchParams(body) })
  }))
  // A page that shows the fields of its call shows the tokens, too.
  const page = Object.values(fresh).reduce((text, secret) => text.replaceAll(secret, shorten(secret)), await answer.text())
  console.log([`Status: ${answer.status}`, ...summaryOf(page)].join('\n'))
}

try {
  await replay()
} catch (error) {
  // Every step throws an error with a sentence.
  console.error((error as Error).message)
  process.exitCode = 1
}
