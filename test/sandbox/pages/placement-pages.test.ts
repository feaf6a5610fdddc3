import t from 'tap'
import { sandboxFor } from '../helper.ts'

await t.test('every placement opens with options of one\'s own', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const get = async (path: string) => {
    const response = await fetch(alpha.url + path)
    return { status: response.status, text: await response.text() }
  }
  const options = (json: string) => encodeURIComponent(json)
  const rows: Array<[path: string, status: number, text: RegExp]> = [
    ['/placements/', 200, /id="options-CRM_LEAD_DETAIL_TAB"/],
    ['/placements/?code=NO_SUCH&options=x', 200, /Placements/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('{"ID": oops}')}`, 400, /role="alert">This is no JSON\. SyntaxError.*oops/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('{"ID": oops}')}`, 400, /\{&quot;ID&quot;: oops\}<\/textarea>/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('7')}`, 400, /must be an object/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('{"ID":"7"}')}`, 200, /href="\/marketplace\/placement\/CRM_LEAD_DETAIL_TAB\/\?options=%7B/],
    [`/marketplace/placement/CRM_LEAD_DETAIL_TAB/?IFRAME=Y&options=${options('{"ID":"7"}')}`, 200, /value="\{&quot;ID&quot;:&quot;7&quot;/],
    ['/marketplace/placement/CRM_LEAD_DETAIL_TAB/?IFRAME=Y', 200, /value="\{&quot;ID&quot;:&quot;8061&quot;/],
    ['/marketplace/placement/CRM_LEAD_DETAIL_TAB/?IFRAME=Y&options=x', 400, /This is no JSON/],
    ['/marketplace/placement/CRM_DEAL_TAB/?IFRAME=Y', 404, /no such placement: CRM_DEAL_TAB\. Near names: .*CRM_DEAL_DETAIL_TAB/]
  ]
  for (const [path, status, text] of rows) t.match(await get(path), { status, text }, path)
})
