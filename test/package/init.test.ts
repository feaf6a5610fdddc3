// Each kind of application that `init` writes, from the packed package: installed, checked, built and opened.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { listening, unmeasured } from '../app/process.ts'
import { openBrowser } from '../browser/chromium.ts'
import { faults, look, openWindow } from '../browser/window.ts'
import { until } from '../until.ts'
import { develop } from './develop.ts'
import { installIn, newFolder, pack, runIn } from './packed.ts'

const browser = await openBrowser()
const { tarball } = await pack()
const outside = await newFolder()

const tool = join(outside, 'tool')
mkdirSync(tool)
writeFileSync(join(tool, 'package.json'), '{ "private": true }')
await installIn(tool, tarball)

/** Writes an application and installs what it needs: from the registry, but for this package. */
async function init (kind: string): Promise<string> {
  await runIn(tool, 'npx', 'fastify-bitrix24', 'init', join(outside, kind), `--${kind}`)
  const folder = join(outside, kind)
  const file = join(folder, 'package.json')
  const settings = JSON.parse(readFileSync(file, 'utf8'))
  settings.dependencies['fastify-bitrix24'] = `file:${tarball}`
  writeFileSync(file, JSON.stringify(settings))
  await installIn(folder)
  return folder
}

/** Runs `npm start` beside a sandbox portal. */
async function start (t: Test, folder: string) {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const env = { ...process.env, ...bitrix24.env, NODE_ENV: 'production', APPLICATION: join(folder, 'application') }
  const program = join(folder, 'node_modules/.bin/fastify-bitrix24')
  const child = spawn('env', [...unmeasured, process.execPath, program, 'start'], { cwd: folder, env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const url = bitrix24.env.PUBLIC_URL
  t.equal(await listening(`${url}/health`), true, 'starts')
  await bitrix24.install()
  const { alpha } = bitrix24.portals
  await until(() => alpha.placements.length > 0)
  return { alpha, url }
}

/** Opens the tab of a deal in the slider at three widths, languages and colours. */
async function visit (t: Test, kind: string, { alpha, url }: { alpha: { url: string }, url: string }): Promise<void> {
  const address = (lang: string) => `${alpha.url}/marketplace/placement/CRM_DEAL_DETAIL_TAB/?lang=${lang}`
  const looks = [['en', 1280, 'light'], ['de', 390, 'light'], ['ar', 320, 'dark']] as const
  for (const [lang, width, colorScheme] of looks) {
    const { page, context, complaints, hosts } = await openWindow(t, browser, 'about:blank', width)
    await page.emulateMedia({ colorScheme })
    await page.goto(address(lang))
    const isOurs = (frame: { url: () => string }) => frame.url().startsWith(url)
    const frame = page.frames().find(isOurs) ?? await page.waitForEvent('framenavigated', isOurs)
    // Nobody has written before the first, and each of the others finds what was written.
    await frame.getByText(lang === 'en' ? 'Nobody has commented' : 'Call them in en').waitFor()
    t.strictSame(await faults(frame), [], `${lang} at ${width}`)
    await look(page, `init-${kind}-${lang}-${width}`)
    await frame.getByRole('textbox').fill(`Call them in ${lang}`)
    await frame.locator('button[type="submit"]').click()
    await frame.getByRole('listitem').filter({ hasText: `Call them in ${lang}` }).waitFor()
    t.strictSame(complaints, [], 'no complaint of the policy, no error')
    t.strictSame([...hosts].sort(), [new URL(alpha.url).host, new URL(url).host].sort(), 'nobody else is asked')
    t.strictSame(await context.cookies(url), [])

    await page.route('**/api/deals/*/comments', route => route.abort())
    await frame.getByRole('textbox').fill('Lost')
    await frame.locator('button[type="submit"]').click()
    await frame.getByRole('alert').first().waitFor()
    t.equal(await frame.getByRole('textbox').inputValue(), 'Lost')
    t.strictSame(await faults(frame), [], `${lang} at ${width}, not saved`)
    await look(page, `init-${kind}-${lang}-${width}-unsaved`)
    await context.close()
  }
}

const kinds = [['plain'], ['vue', 'DealTab.vue'], ['react', 'DealTab.tsx']] as const
// Most of the work is done by processes of their own, which often wait.
t.jobs = kinds.length
await Promise.all(kinds.map(([kind, component]) =>
  t.test(`init --${kind}: is typed, tested, built and served`, { buffered: true }, async t => {
    const folder = await init(kind)
    const npm = async (script: string) => {
      // What failed is in the output of the script.
      const failed = await runIn(folder, 'npm', 'run', script).then(() => '', ({ stdout, stderr }) => stdout + stderr)
      t.equal(failed, '', script)
    }
    for (const script of ['typecheck', 'test', 'test:browser']) await npm(script)
    await visit(t, kind, await start(t, folder))
    if (component !== undefined) {
      await t.test('dev: shows edits and type errors, and keeps the state', t => develop(t, browser, folder, component))
    }
  })))

await browser.close()
