#!/usr/bin/env node
// Parses on every Node that has modules: no newer syntax here, and all the rest is imported once Node is new enough.
import { createRequire } from 'node:module'

const { engines } = createRequire(import.meta.url)('fastify-bitrix24/package.json') as { engines: { node: string } }
const oldest = engines.node.replace('>=', '')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number)

if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  console.error('fastify-bitrix24 needs Node.js ' + oldest + ' or newer; this is ' + process.versions.node + '.')
  process.exitCode = 1
} else {
  // Whoever has read enough closes a pipe. Else something is lost, which the console does not say.
  process.stdout.on('error', error => {
    if (error.code === 'EPIPE') return
    console.error('The output cannot be written: ' + error.message)
    process.exitCode = 1
  })
  import('./commands/index.ts').then(async ({ run }) => {
    const code = await run(process.argv.slice(2))
    if (code === undefined) return
    process.exitCode = code || process.exitCode
    // Do not wait for what still hangs, such as a connection to a database that does not answer.
    setTimeout(() => { process.exit() }, 1000).unref()
  }, error => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.error('The build of fastify-bitrix24 is missing or not complete: run npm install, and npm run build in a ' +
      'clone of its repository.')
    process.exitCode = 1
  })
}
