import { join } from 'node:path'
import t from 'tap'
import { run } from '../app/process.ts'
import { blocksOf, root } from '../docs/pages.ts'

const files: Record<string, string> = {
  fastify: 'node_modules/fastify/fastify.js',
  'fastify-bitrix24': 'src/index.ts',
  'fastify-bitrix24/sandbox': 'sandbox/index.ts'
}

/** The block with the files of this repository in place of the packages that it imports. */
const withFiles = (text: string): string =>
  text.replaceAll(/(?<=from ')[^':]+(?=')/g, name => join(root, files[name] ?? name))

const examples = blocksOf('docs/testing.md').filter(({ text }) => text.includes("from 'fastify-bitrix24/sandbox'"))

for (const [index, { text }] of examples.entries()) {
  await t.test(`docs/testing.md: example ${index + 1} works`, async t => {
    const folder = t.testdir({ 'example.mts': withFiles(text) })
    const { ended, text: printed } = run(join(folder, 'example.mts'), {})
    t.equal(await ended, 0, printed())
    t.equal(printed(), '', 'the service logs nothing')
  })
}

await t.test('docs/testing.md: has examples of the sandbox', async t => {
  t.equal(examples.length, 2)
})
