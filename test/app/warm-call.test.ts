import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

// What a stranger has to read to follow a call.
const most = 15

await t.test(`app: a warm call of a simple tab passes at most ${most} files`, async t => {
  const { NODE_V8_COVERAGE, NODE_OPTIONS, ...env } = process.env
  const script = `${import.meta.dirname}/warm-call.process.ts`
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env })
  const files = /^ *passed: (.+)$/m.exec(stdout)?.[1]?.split(' ') ?? []
  for (const file of ['routes/placement.ts', 'plugins/auth-token/verified-calls.ts', 'plugins/page/index.ts']) {
    t.ok(files.includes(file), file)
  }
  t.ok(files.length <= most, `${files.length}: ${files.join()}`)
})
