import t from 'tap'
import { languages } from '../../../../sandbox/pages/languages.ts'
import type { Portal } from '../../../../sandbox/index.ts'
import { ask, sandboxFor } from '../../helper.ts'

/** `result` of a call with the token of a page that was opened in that language. */
async function inLanguage (portal: Portal, lang: string, method: string, params: object): Promise<unknown> {
  const { body: { AUTH_ID: auth } } = portal.placementCall('DEFAULT', { lang })
  const { body } = await ask(`${portal.url}/rest/${method}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...params, auth })
  })
  return body.result
}

await t.test('stage names: are in the language of the call, and English else', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const filter = { ENTITY_ID: 'DEAL_STAGE', STATUS_ID: ['NEW', 'EXECUTING'] }
  for (const [lang, first, second, pipeline] of [
    ['en', 'New', 'In progress', 'General'], ['de', 'Neu', 'In Arbeit', 'Allgemein'],
    ['ja', '新規', '進行中', '一般'], ['in', 'नया', 'प्रगति में', 'सामान्य'], ['xx', 'New', 'In progress', 'General']
  ] as const) {
    t.match(await inLanguage(alpha, lang, 'crm.status.list', { filter }),
      [{ NAME: first, NAME_INIT: first }, { NAME: second }], lang)
    t.match(await inLanguage(alpha, lang, 'crm.category.list', { entityTypeId: 2 }),
      { categories: [{ name: 'Repeat orders' }, { name: pipeline }] }, lang)
  }
})

await t.test('stage names: every language has all of them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const namesIn = async (lang: string): Promise<string[]> => {
    const filter = { '%ENTITY_ID': 'STA' }
    const rows = await inLanguage(alpha, lang, 'crm.status.list', { filter })
    return (rows as Array<{ NAME: string }>).map(({ NAME }) => NAME) // rows of the directories
  }
  const english = await namesIn('en')
  t.ok(english.includes('Junk lead') && english.includes('On its way'))
  for (const lang of languages.keys()) {
    if (lang === 'en') continue
    const same = (await namesIn(lang)).filter((name, index) => name === english[index])
    t.strictSame(same, lang === 'de' ? ['Start'] : [], lang)
  }
})
