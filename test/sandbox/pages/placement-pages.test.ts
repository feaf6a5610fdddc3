import t from 'tap'
import { openable } from '../../../sandbox/placement-catalogue.ts'
import { pageText, sandboxFor } from '../helper.ts'

await t.test("placement pages: every placement opens with options of one's own", async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  const get = async (path: string) => {
    const response = await fetch(alpha.url + path)
    return { status: response.status, text: (await pageText(response)).replaceAll('<wbr>', '') }
  }
  const options = (json: string) => encodeURIComponent(json)
  const rows: Array<[path: string, status: number, text: RegExp]> = [
    ['/placements/', 200, /id="options-CRM_LEAD_DETAIL_TAB"/],
    ['/placements/?code=NO_SUCH&options=x', 200, /Placements/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('{"ID": oops}')}`, 400,
      /role="alert">In line 1, column 8 oops cannot stand\./],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('{"ID": oops}')}`, 400,
      /\{&quot;ID&quot;: oops\}<\/textarea>/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('7')}`, 400, /must be an object/],
    [`/placements/?code=CRM_LEAD_DETAIL_TAB&options=${options('{"ID":"7"}')}`, 200,
      /href="\/marketplace\/placement\/CRM_LEAD_DETAIL_TAB\/\?options=%7B/],
    [`/marketplace/placement/CRM_LEAD_DETAIL_TAB/?IFRAME=Y&options=${options('{"ID":"7"}')}`, 200,
      /value="\{&quot;ID&quot;:&quot;7&quot;/],
    [`/marketplace/placement/CALL_CARD/?IFRAME=Y&generation=A&options=${options('"undefined"')}`, 200,
      /name="PLACEMENT_OPTIONS"\s+value="&quot;undefined&quot;"/],
    ['/marketplace/placement/CRM_LEAD_DETAIL_TAB/?IFRAME=Y', 200, /value="\{&quot;ID&quot;:&quot;8061&quot;/],
    ['/marketplace/placement/CRM_LEAD_DETAIL_TAB/?IFRAME=Y&options=x', 400, /In line 1, column 1 x cannot stand/],
    [`/placements/?code=USERFIELD_TYPE&options=${options('7')}`, 400, /must be an object/],
    ['/placements/?code=CRM_LEAD_DETAIL_TAB', 200, /Placements/],
    ['/placements/?find=deal%20tab', 200, /^(?![^]*CRM_LEAD_DETAIL_TAB)[^]*<details id="at-CRM_DEAL_DETAIL_TAB" open>/],
    ['/placements/?find=deal', 200, /<details id="at-CRM_DEAL_DETAIL_TAB">/],
    ['/placements/?find=DEAL_TABS', 200, /No placement has all of these words: DEAL_TABS\. Near names: .*CRM_DEAL_/],
    ['/placements/?find[a]=x', 200, /id="options-CRM_LEAD_DETAIL_TAB"/],
    ['/marketplace/placement/USERFIELD_TYPE/?IFRAME=Y', 200, /&quot;FIELD_NAME&quot;:&quot;UF_CRM_TEST_TYPE_1&quot;/],
    ['/marketplace/placement/DEFAULT/?IFRAME=Y', 200, /name="PLACEMENT" value="DEFAULT"/],
    ['/marketplace/placement/CRM_DEAL_TAB/?IFRAME=Y', 404,
      /no such placement: <code>CRM_DEAL_TAB<\/code>\. Near names: .*CRM_DEAL_DETAIL_TAB/]
  ]
  for (const [path, status, text] of rows) t.match(await get(path), { status, text }, path)
})

await t.test('placement pages: every placement of the portal opens with its example', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.installed = true
  for (const code of openable.keys()) {
    const answer = await fetch(`${alpha.url}/marketplace/placement/${code}/?IFRAME=Y`)
    t.equal(answer.status, 200, code)
    t.match(await answer.text(), '<iframe', code)
  }
})
