import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import type { Frame, Page } from 'playwright-core'
import type { Test } from 'tap'
import { openBrowser } from '../chromium.ts'
import { serverFor } from '../../servers.ts'
import { type Service, startService } from '../../service.ts'
import { faults, frameOf, look, openWindow } from '../window.ts'

export const browser = await openBrowser()

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

export async function start (t: Test, env: Record<string, string> = {}): Promise<{ service: Service, origin: string }> {
  const origin = await serverFor(t, documentServer)
  process.env['DOCUMENT_ORIGINS'] = origin
  const service = await startService(t, { env, app: { application: join(import.meta.dirname, '../../../example') } })
  await service.install()
  return { service, origin }
}

/** Writes a link into the feed and clicks it there. */
export async function click (t: Test, service: Service, screen: string, params: Record<string, unknown>,
  { lang = 'en', width = 1280, user = 1, opener = browser } = {}) {
  const { alpha } = service.sandbox.portals
  const { path } = service.fastify.links.write(screen, params,
    { portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` } })
  alpha.content.add({ kind: 'post', authorId: 1, text: path })
  const window = await openWindow(t, opener, `${service.sandbox.url}/stream/?lang=${lang}&user=${user}`, width)
  // The address in the page is written in another way than the link.
  await window.page.locator('main a[href*="/marketplace/view/"][href*="screen"]').first().click()
  return { ...window, frame: await frameOf(window.page, service) }
}

export async function checked (t: Test, name: string, page: Page, frame: Frame): Promise<void> {
  t.strictSame(await faults(frame), [], name)
  await look(page, `screen-${name}`)
}
