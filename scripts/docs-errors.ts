// node scripts/docs-errors.ts: writes docs/errors.md from src/errors.ts.
// With --check it writes nothing, and fails if the page is stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as errors from '../src/errors.ts'

interface Row { name: string, code: string, message: string, waits: boolean }

const page = join(import.meta.dirname, '../docs/errors.md')

const headings: Record<errors.Stage, string> = {
  shape: 'Shape: what can be refused without asking anybody',
  'application-token': 'Application token',
  proof: 'Proof: what the authorization server says',
  options: 'Options',
  dispatch: 'Dispatch',
  install: 'Installation',
  session: 'Sessions, keys and limits',
  handler: 'Handlers, tokens, the portal and the store'
}

/** Every error class that src/errors.ts exports. */
const rows = Object.entries(errors).flatMap(([name, value]: [string, unknown]): Row[] => {
  if (typeof value !== 'function' || !(value.prototype instanceof Error)) return []
  const make = (...args: string[]): Error & { code: string } => Reflect.construct(value, args)
  // Without an argument, a message that takes one has a gap, and any other is as it stands.
  const [bare, filled] = [make(), make('…')]
  const { code, message } = /%s|undefined/.test(bare.message) ? filled : bare
  return [{ name, code, message: message.replaceAll('%s', '…'), waits: 'retryAfter' in filled }]
})

const boot = rows.filter(({ code }) => !errors.httpErrors.has(code))

const cell = (text: string) => text.replaceAll('|', '\\|')

function section (stage: string, heading: string): string {
  const lines = rows.flatMap(({ name, code, message, waits }) => {
    const known = errors.httpErrors.get(code)
    if (known?.stage !== stage) return []
    const status = waits || known.retryAfter !== undefined ? `${known.statusCode}, \`Retry-After\`` : known.statusCode
    return `| \`${code}\` | ${status} | \`${name}\` | ${cell(message)} |`
  })
  return `## ${heading}

\`stage\` in the log: \`${stage}\`.

| Code | Status | Class | Message |
|---|---|---|---|
${lines.join('\n')}
`
}

const text = `# Errors

<!-- Written by scripts/docs-errors.ts from src/errors.ts: do not edit. -->

Every answer that is an error has a stable code: error pages show it, JSON has it as \`error\`, and the log as
\`outcome\`. The classes are exported by the package. \`…\` stands for a name from our own code or a code of the
portal: no message holds the value of a field. [Troubleshooting](troubleshooting.md) says what to do about the frequent
ones, [REST](rest.md#errors) what a handler can catch.

${Object.entries(headings).map(([stage, heading]) => section(stage, heading)).join('\n')}
## At the start, and in your code

These never reach a user: they stop the start, end a command line tool, or are thrown by a function that you call.

| Code | Class | Message |
|---|---|---|
${boot.map(({ name, code, message }) => `| \`${code}\` | \`${name}\` | ${cell(message)} |`).join('\n')}
`

if (!process.argv.includes('--check')) writeFileSync(page, text)
else if (readFileSync(page, 'utf8') !== text) {
  console.error('docs/errors.md is stale. Run: node scripts/docs-errors.ts')
  process.exitCode = 1
}
