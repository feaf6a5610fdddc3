// Fills the folder NODE_COMPILE_CACHE while the image is built: starts the service as its command does, lets it render
// a page, and ends it. V8 takes the cache only with the Node.js, the user and the kind of processor it was made with.
// node scripts/compile-cache.ts <command of the image>
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { setTimeout as wait } from 'node:timers/promises'

const [file = '', ...args] = process.argv.slice(2)
const { NODE_COMPILE_CACHE: cache, PORT } = process.env
// Node.js says nothing of a folder that it cannot make, and would compile everything at each start.
if (getCompileCacheDir() === undefined) throw new Error(`NODE_COMPILE_CACHE: ${cache} cannot be written`)

const service = spawn(file, args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://service.example',
    DATABASE_URL: 'sqlite::memory:',
    LOG_LEVEL: 'warn',
    // Nothing is asked of Bitrix24: no call is verified.
    B24_CLIENT_ID: 'local.000000000000000000000000.00000000',
    B24_CLIENT_SECRET: randomBytes(25).toString('hex'),
    APP_SECRET: randomBytes(32).toString('base64')
  }
})
while (!await fetch(`http://127.0.0.1:${PORT}/placement`).then(answer => answer.ok, () => false)) {
  if (service.exitCode !== null) throw new Error('the service has not started')
  await wait(20)
}
service.kill()
await once(service, 'exit')

// The service loads it with the first REST call.
execFileSync(file, ['--input-type=module', '--eval', "import '@bitrix24/b24jssdk'"], { stdio: 'inherit' })
