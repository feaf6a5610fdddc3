import { chromium, type Browser } from 'playwright-core'
import t from 'tap'
import { chromiumPath, headlessPath, missingChromium } from '../machine.ts'

/** Names with characters that only some browsers take in a policy; they lead to this machine. */
export const hosts = [
  'portal.example.com', 'portal.example.com.', 'xn--e1afmkfd.xn--p1ai',
  'b24_test.example.com', '_b24_.my_firm.example.com', 'b24_test.local'
]

/** Cookies of third parties are blocked where the browser can do that: what works without works with them. */
export const launchOptions = {
  executablePath: headlessPath,
  args: [
    '--no-sandbox', '--disable-gpu', '--test-third-party-cookie-phaseout',
    `--host-resolver-rules=${hosts.map(host => `MAP ${host} 127.0.0.1`).join()}`
  ]
}

/** A browser without windows. Without Chromium the file is not run. */
export async function openBrowser (): Promise<Browser> {
  if (missingChromium) {
    t.plan(0, `not run: ${missingChromium}`)
    process.exit()
  }
  return await chromium.launch(launchOptions)
}

/** One with windows: it can block cookies, and shows PDF files. */
export const openWholeBrowser = (): Promise<Browser> =>
  chromium.launch({ ...launchOptions, executablePath: chromiumPath })

/** One whose scroll bars take room, as they do on a desktop with a mouse. */
export const openWithScrollBars = (): Promise<Browser> =>
  chromium.launch({ ...launchOptions, ignoreDefaultArgs: ['--hide-scrollbars'] })
