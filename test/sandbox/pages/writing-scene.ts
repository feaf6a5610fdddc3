import type { Portal } from '../../../sandbox/index.ts'
import { pageText } from '../helper.ts'

export async function get (portal: Portal, path: string) {
  const response = await fetch(portal.url + path)
  return { status: response.status, text: await pageText(response) }
}

export async function write (
  portal: Portal, path: string, form: Record<string, string>, headers: Record<string, string> = {}
) {
  const response = await fetch(portal.url + path,
    { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location'), text: await response.text() }
}
