import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import t from 'tap'

/**
 * The browser for the tests of the pages: Chromium of the system, or CHROMIUM_PATH. Without one the whole file is reported
 * as not run, but in CI it fails: there somebody forgot to install it. `args` are further arguments of the browser.
 */
export async function launchChromium (args: string[] = []): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  if (!existsSync(executablePath) && !process.env['CI']) {
    t.plan(0, `not run: there is no Chromium at ${executablePath}; set CHROMIUM_PATH`)
    process.exit()
  }
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...args] })
}
