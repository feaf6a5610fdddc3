// Values that open something are sent in every way there is; none of them may be readable anywhere afterwards.
// Tokens, the application's token and its secret may not even under names that say nothing.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { unmeasuredNode } from '../app/process.ts'
import { application, entries, leaksIn, sandbox, secrets } from './canary-scene.ts'

/** The files that were saved, by the ids of their calls. */
const saved = new Map<number, string>()

await t.test('canary: no whole secret stands on the wire', async t => {
  t.ok(secrets.size > 400, `${secrets.size} secrets`)
  t.ok(entries.length > 40)
  t.strictSame(leaksIn(await (await fetch(`${sandbox.url}/sandbox/api/wire`)).text()), [])
})

await t.test('canary: no whole secret stands in the stream', async t => {
  const leave = new AbortController()
  const response = await fetch(`${sandbox.url}/sandbox/api/wire/events`, { signal: leave.signal })
  let stream = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    stream += chunk
    if (stream.includes(`{"id":${entries.at(-1)?.id},`)) break
  }
  leave.abort()
  t.strictSame(leaksIn(stream), [])
})

await t.test('canary: no whole secret stands on the panel', async t => {
  t.strictSame(leaksIn(await (await fetch(`${sandbox.url}/sandbox/panel/`)).text()), [])
})

await t.test('canary: no whole secret stands in a saved file', async t => {
  for (const { id } of entries.filter(({ from }) => from === 'portal')) {
    const file = await (await fetch(`${sandbox.url}/sandbox/api/wire/${id}/save`)).text()
    saved.set(id, file)
    t.strictSame(leaksIn(file), [])
    t.match(file, '{{')
  }
  t.equal(saved.size, 6)
})

await t.test('canary: no whole secret is printed by a replay', async t => {
  const folder = t.testdir()
  for (const [id, content] of saved) {
    const file = join(folder, `${id}.json`)
    await writeFile(file, content)
    const before = secrets.size
    const output = await new Promise<string>(resolve => {
      execFile(...unmeasuredNode(join(import.meta.dirname, '../../sandbox/replay.ts'), file),
        (_error, stdout, stderr) => resolve(stdout + stderr))
    })
    t.match(output, 'Status: 200')
    t.ok(secrets.size > before, 'fresh tokens were sent')
    t.strictSame(leaksIn(output), [])
  }
})

application.close()
await sandbox.close()
