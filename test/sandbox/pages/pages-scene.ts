import type { Portal } from '../../../sandbox/index.ts'
import { resultOf } from '../helper.ts'

export async function get (portal: Portal, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(portal.url + path, { headers, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}

/** What the form and the script of a page with a frame hold. */
export async function frameOf (portal: Portal, path: string, headers: Record<string, string> = {}) {
  const { status, text } = await get(portal, path, headers)
  const decode = (html = '') => html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  const body = Object.fromEntries([...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
    .map(([, name = '', value]) => [name, decode(value)]))
  return {
    status,
    body,
    action: decode(/<form id="appform_\w+" action="([^"]*)"/.exec(text)?.[1]),
    name: decode(/<iframe [^>]*name="([^"]*)"/.exec(text)?.[1]),
    source: /<iframe [^>]*src="([^"]*)"/.exec(text)?.[1],
    config: JSON.parse(decode(/data-frame="([^"]*)"/.exec(text)?.[1]))
  }
}

export async function bind (portal: Portal, PLACEMENT: string): Promise<void> {
  await resultOf(portal, 'placement.bind',
    { PLACEMENT, HANDLER: 'http://127.0.0.1:9/placement', TITLE: PLACEMENT.toLowerCase() })
}
