import { ask } from '../helper.ts'

/** Asks the portal as the script around a frame does. */
export async function actor (url: string, path: string) {
  const text = await (await fetch(url + path)).text()
  const config = JSON.parse((/data-frame="([^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&quot;', '"'))
  return {
    config,
    act: async (action: string, params: unknown = {}): Promise<unknown> =>
      (await ask(`${url}/sandbox/frame/${config.sid}/${action}`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(params)
      })).body
  }
}
