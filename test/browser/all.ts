// Every test of the pages, in one browser for all files.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { chromium } from 'playwright-core'
import t from 'tap'
import { launchOptions, missingChromium } from './chromium.ts'

if (missingChromium) console.error(`not run: ${missingChromium}`)
else {
  const browser = await chromium.launchServer(launchOptions)
  const env = { ...process.env, BROWSER_ENDPOINT: browser.wsEndpoint() }
  t.jobs = availableParallelism() + 1
  const files = globSync(`${import.meta.dirname}/**/*.test.ts`).sort()
  await Promise.all(files.map(file => t.spawn(process.execPath, [file], { name: file, env, timeout: 300_000 })))
  await browser.close()
}
