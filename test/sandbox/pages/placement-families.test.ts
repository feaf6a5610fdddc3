import t from 'tap'
import { familiesOf } from '../../../sandbox/pages/placement-families.ts'
import { openable } from '../../../sandbox/placement-catalogue.ts'

await t.test('placement families: every placement has a heading that says something', async t => {
  const families = familiesOf(openable.keys())
  t.strictSame(families.flatMap(({ codes }) => codes).sort(), [...openable.keys()].sort())
  t.notOk(families.some(({ heading }) => heading === 'Others'))
  t.match(familiesOf(['NEW_THING']), [{ heading: 'Others', codes: ['NEW_THING'] }])
})

await t.test('placement families: words of code or heading find a placement', async t => {
  const rows: Array<[find: string, found: string[]]> = [
    ['deal tab', ['CRM_DEAL_DETAIL_TAB']],
    ['Sites settings', ['LANDING_SETTINGS']],
    ['chat immobile', ['IMMOBILE_CONTEXT_MENU']],
    ['xyz tab', []]
  ]
  for (const [find, found] of rows) {
    t.strictSame(familiesOf(openable.keys(), find).flatMap(({ codes }) => codes), found, find)
  }
})
