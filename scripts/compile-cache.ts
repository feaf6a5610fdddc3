// Fills the folder NODE_COMPILE_CACHE while the image is built: starts the service, lets it render a page, loads what
// it loads later, and ends it. V8 takes the cache only with the flags, the Node.js, the user and the kind of processor
// that it was made with; so it is made by the service itself, which sets some flags.
// node <flags of the image's command> compile-cache.ts, in the folder of the service
import { randomBytes } from 'node:crypto'
import { getCompileCacheDir } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Node.js says nothing of a folder that it cannot make, and would compile everything at each start.
if (getCompileCacheDir() === undefined) throw new Error('the folder NODE_COMPILE_CACHE cannot be written')

Object.assign(process.env, {
  HOST: '127.0.0.1',
  PUBLIC_URL: 'https://service.example',
  DATABASE_URL: 'sqlite::memory:',
  LOG_LEVEL: 'warn',
  // Nothing is asked of Bitrix24: no call is verified.
  B24_CLIENT_ID: 'local.000000000000000000000000.00000000',
  B24_CLIENT_SECRET: randomBytes(25).toString('hex'),
  APP_SECRET: randomBytes(32).toString('base64')
})
await import(pathToFileURL(resolve('dist/src/server.js')).href)
const page = await fetch(`http://127.0.0.1:${process.env['PORT']}/placement`)
if (!page.ok) throw new Error(`the page has status ${page.status}`)
// With the first REST call.
await import('@bitrix24/b24jssdk')
process.kill(process.pid, 'SIGTERM')
