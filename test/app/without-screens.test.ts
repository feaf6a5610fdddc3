import { cpSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Fastify from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import type app from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { root } from './process.ts'

const screens = readdirSync(join(root, 'routes/screens'), { withFileTypes: true })
  .filter(entry => entry.isDirectory()).map(({ name }) => name)

/** A copy of the service without the folders of these screens. */
async function serviceWithout (t: Test, names: readonly string[]) {
  const folder = t.testdir()
  for (const part of ['src', 'plugins', 'routes', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const name of names) rmSync(join(folder, 'routes/screens', name), { recursive: true })
  const { default: service } = await import(pathToFileURL(join(folder, 'src/app.ts')).href) as { default: typeof app }
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const fastify = Fastify()
  t.after(() => fastify.close())
  await fastify.register(fp(service), { config: loadConfig(bitrix24.env), checksClient: false })
  return fastify
}

for (const names of [...screens.map(name => [name]), screens]) {
  await t.test(`app: starts without the screens ${names.join(', ')}`, async t => {
    const fastify = await serviceWithout(t, names)
    t.equal((await fastify.inject('/ready')).statusCode, 200)
    t.strictSame(fastify.links.screens().map(({ name }) => name), screens.filter(name => !names.includes(name)))
    t.equal((await fastify.inject('/api/openapi.json')).statusCode, 200)
  })
}
