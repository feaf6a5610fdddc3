// Every test of the pages, in one browser for all files.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import t from 'tap'
import { cut, spawnSuite } from '../spawn-suite.ts'
import { launchOptions } from './chromium.ts'

const browser = await chromium.launchServer(launchOptions)
const files = globSync('test/browser/**/*.test.ts', { cwd: join(import.meta.dirname, '../..') }).sort()
t.jobs = availableParallelism() + 1
await Promise.all(cut('pages', files, 5).map(part => spawnSuite(part, { BROWSER_ENDPOINT: browser.wsEndpoint() })))
await browser.close()
