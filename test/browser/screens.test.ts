import type { RequestListener } from 'node:http'
import type { Frame, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { openBrowser } from './chromium.ts'
import { serverFor, until } from '../helper.ts'
import { startService, type Service } from '../service.ts'
import { faults, frameOf, look, openWindow } from './window.ts'

const browser = await openBrowser()

// A red square, and the smallest PDF that a reader opens.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC', 'base64'
)
const pdf = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj ' +
  '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>'
const documents: Record<string, [type: string, content: string | Buffer]> = {
  '/square.png': ['image/png', png],
  '/notes.txt': ['text/plain', 'Notes of the meeting: <script>document.title = "taken over"</script>'],
  '/evil.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="parent.taken = true"/>'],
  '/manual.html': ['text/html', '<!doctype html><title>Manual</title><h1>Manual</h1>'],
  '/plan.pdf': ['application/pdf', pdf]
}
const documentServer: RequestListener = ({ url = '' }, response) => {
  const [type, content] = documents[url] ?? ['text/plain', '']
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(content) }).end(content)
}

async function start (t: Test): Promise<{ service: Service, origin: string }> {
  const origin = await serverFor(t, documentServer)
  const service = await startService(t, { env: { DOCUMENT_ORIGINS: origin } })
  await service.install()
  return { service, origin }
}

/** Writes a link into the feed and clicks it there. */
async function click (t: Test, service: Service, screen: string, params: Record<string, unknown>,
  { lang = 'en', width = 1280, user = 1 } = {}) {
  const { alpha } = service.sandbox.portals
  const { path } = service.fastify.links.write(screen, params,
    { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } })
  alpha.content.add({ kind: 'post', authorId: 1, text: path })
  const window = await openWindow(t, browser, `${service.sandbox.url}/stream/?lang=${lang}&user=${user}`, width)
  // The address in the page is written in another way than the link.
  await window.page.locator('main a[href*="/marketplace/view/"][href*="screen"]').first().click()
  return { ...window, frame: await frameOf(window.page, service) }
}

async function checked (t: Test, name: string, page: Page, frame: Frame): Promise<void> {
  t.strictSame(await faults(frame), [], name)
  await look(page, `screen-${name}`)
}

await t.test('screens: a document is shown, each kind in its own way', async t => {
  const { service } = await start(t)
  for (const [path, width, lang] of [['/square.png', 1280, 'en'], ['/notes.txt', 320, 'de'], ['/evil.svg', 320, 'en'],
    ['/manual.html', 1280, 'de'], ['/plan.pdf', 1280, 'en']] as const) {
    const { page, context, frame, complaints } =
      await click(t, service, 'document', { docId: path.slice(1) }, { width, lang })
    t.equal(await frame.locator('h1').textContent(), path.slice(1))
    if (path === '/square.png') {
      await until(async () => await frame.locator('img').evaluate((image: HTMLImageElement) =>
        image.naturalWidth) === 10)
    }
    if (path === '/notes.txt') {
      await frame.frameLocator('iframe').getByText('Notes of the meeting').waitFor()
      t.not(await frame.childFrames()[0]?.title(), 'taken over')
    }
    if (path === '/manual.html') await frame.frameLocator('iframe').getByText('Manual').waitFor()
    if (path === '/evil.svg') {
      t.equal(await frame.locator('iframe, img').count(), 0)
      // Somebody who has the address frames it: it is saved, and runs nothing.
      const address = String(await frame.locator('a[download]').getAttribute('href')).replace('&download=y', '')
      await Promise.all([page.waitForEvent('download'), frame.evaluate(
        src => { document.body.append(Object.assign(document.createElement('iframe'), { src })) }, address
      )])
      t.equal(await frame.evaluate('window.taken'), undefined)
      await frame.evaluate(() => document.querySelector('iframe')?.remove())
    }
    // The reader of Chromium is an extension.
    if (path === '/plan.pdf') {
      await until(() => page.frames().some(frame => frame.url().startsWith('chrome-extension:')))
    }
    await checked(t, `document-${path.slice(1)}-${width}`, page, frame)
    t.strictSame(complaints, [], path)
    if (path !== '/manual.html') {
      const [download] = await Promise.all([page.waitForEvent('download'), frame.locator('a[download]').click()])
      t.equal(download.suggestedFilename(), path.slice(1))
    }
    await context.close()
  }
})

await t.test('screens: a request is approved with the keyboard, and the author told', async t => {
  const { service } = await start(t)
  const { content } = service.sandbox.portals.alpha
  const request = {
    subject: 'Twelve new chairs',
    text: 'For the meeting room.\nDelivery in two weeks.',
    authorId: 3,
    approverId: 1,
    taskId: 31
  }
  const asking = await click(t, service, 'approval', request, { lang: 'de', width: 320, user: 3 })
  await asking.frame.getByText('Es gibt noch keine Antwort').waitFor()
  t.equal(await asking.frame.getByRole('button').count(), 0)
  await checked(t, 'approval-waiting-de-320', asking.page, asking.frame)
  const stranger = await click(t, service, 'approval', request, { lang: 'de', width: 320, user: 2 })
  await checked(t, 'approval-refused-de-320', stranger.page, stranger.frame)
  const { page, frame, complaints } = await click(t, service, 'approval', request)
  await frame.getByText('Sofia Rossi').waitFor()
  await checked(t, 'approval-open-1280', page, frame)
  await frame.getByRole('button', { name: 'Approve' }).focus()
  await page.keyboard.press('Enter')
  await frame.locator('.badge-approved').waitFor()
  await frame.getByText('Anna Berger').waitFor()
  await checked(t, 'approval-approved-1280', page, frame)
  t.match(content.list('notification')
    .map(({ parent, text }) => [parent, text]), [['3', /Twelve new chairs.*approved/]])
  t.match(content.list('task-comment', '31').at(-1)?.text, /Twelve new chairs.*approved/)
  t.strictSame(complaints, [])

  const later = await click(t, service, 'approval', request, { lang: 'de', width: 320 })
  await later.frame.locator('.badge-approved').waitFor()
  t.equal(await later.frame.getByRole('button').count(), 0)
  await checked(t, 'approval-answered-de-320', later.page, later.frame)
  service.sandbox.trouble.rest = 'down'
  const other = await click(t, service, 'approval', { subject: 'A lamp', authorId: 3, approverId: 1 }, { width: 320 })
  await other.frame.getByRole('button', { name: 'Decline' }).click()
  await other.frame.getByRole('button', { name: 'Try again' }).waitFor()
  await checked(t, 'approval-untold-320', other.page, other.frame)
})

await t.test("screens: a deal is shown, and its card opens in the portal's slider", async t => {
  const { service } = await start(t)
  for (const width of [320, 1280]) {
    const { page, frame, complaints } = await click(t, service, 'record', { id: 8061 }, { lang: 'de', width })
    await frame.getByText('Emil Novak').first().waitFor()
    await checked(t, `record-de-${width}`, page, frame)
    await frame.getByRole('link', { name: 'Karte öffnen' }).click()
    await page.frameLocator('.slider-frame[src*="/crm/deal/details/8061/"]').locator('h1').waitFor()
    await look(page, `screen-record-card-${width}`)
    t.strictSame(complaints, [])
  }
})

await t.test('screens: what cannot be shown says so in the slider', async t => {
  const { service } = await start(t)
  for (const [screen, params] of [['document', { docId: 'https://elsewhere.example/a' }],
    ['record', { id: 1 }]] as const) {
    const { page, frame } = await click(t, service, screen, params, { width: 320, lang: 'de' })
    await checked(t, `${screen}-refused-de-320`, page, frame)
  }
})

await browser.close()
