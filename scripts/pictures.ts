// npm run pictures: takes the pictures of the docs from the demo, in .github/, and writes down what they show, so that
// a test finds those that have become old.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../test/machine.ts'
import { fingerprint } from './pictures/fingerprint.ts'
import { scenes } from './pictures/scenes.ts'

const folder = new URL('../.github/', import.meta.url)

/** A picture of the window in a format that is small even with the pixels of a dense display. */
async function take (page: Page): Promise<Buffer> {
  const picture = (await page.screenshot()).toString('base64')
  const address = await page.evaluate(async picture => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob())
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.75)
  }, picture)
  return Buffer.from(String(address.split(',')[1]), 'base64')
}

const browser = await chromium.launch({
  executablePath: chromiumPath,
  // Frames of another site would be drawn with half of the pixels.
  args: ['--no-sandbox', '--disable-site-isolation-trials', '--disable-features=IsolateOrigins,site-per-process']
})
const demo = spawn(process.execPath, ['--disable-warning=ExperimentalWarning',
  '--conditions=fastify-bitrix24-source', fileURLToPath(new URL('../sandbox/demo.ts', import.meta.url))],
{ stdio: ['ignore', 'pipe', 'inherit'] })
// Also when it has ended by itself, long before it is asked to.
const demoEnded = once(demo, 'exit')
try {
  let portal = ''
  for await (const line of createInterface(demo.stdout)) {
    portal = /http:\/\/localhost:\d+/.exec(line)?.[0] ?? ''
    if (portal !== '') break
  }
  if (portal === '') throw new Error('The demo has ended; see its messages above.')
  const shown: Record<string, string> = {}
  for (const { name, width, height, show } of scenes) {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2 })
    if (name === scenes[0]?.name) {
      await page.goto(portal)
      await page.waitForURL('**/stream/**')
    }
    await show(page, portal)
    shown[name] = await fingerprint(page)
    const picture = await take(page)
    await writeFile(new URL(`${name}.webp`, folder), picture)
    console.log(`${name}.webp: ${Math.round(picture.length / 1000)} kB`)
    await page.close()
  }
  await writeFile(new URL('pictures.json', folder), `${JSON.stringify(shown, null, 2)}\n`)
} finally {
  await browser.close()
  demo.kill('SIGTERM')
  await demoEnded
}
