// Every test of the pages, in one browser for all files.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { chromium } from 'playwright-core'
import t from 'tap'
import { launchOptions } from './chromium.ts'

const browser = await chromium.launchServer(launchOptions)
const env = { ...process.env, BROWSER_ENDPOINT: browser.wsEndpoint() }
t.jobs = availableParallelism() + 1
const files = globSync(`${import.meta.dirname}/**/*.test.ts`).sort()
await Promise.all(files.map(file => {
  const name = relative(import.meta.dirname, file)
  return t.spawn(process.execPath, [file], { name, env, timeout: 300_000 })
}))
await browser.close()
