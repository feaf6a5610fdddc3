import fc from 'fast-check'
import t from 'tap'
import type { PlacementDeclaration } from '../../../plugins/placement-dispatch/declaration.ts'
import { createPlacementRegistry } from '../../../plugins/placement-dispatch/placements.ts'
import { matchesPattern } from '../../../src/schemas/placement-code.ts'

function registryOf (...codes: string[]) {
  const registry = createPlacementRegistry<PlacementDeclaration>()
  for (const [index, code] of codes.entries()) registry.add({ code, source: `file ${index}` })
  return registry
}

await t.test('placement registry: prefers an exact code to its family', async t => {
  const { find } =
    registryOf('CRM_DYNAMIC_*_DETAIL_TAB', 'CRM_DYNAMIC_31_DETAIL_TAB', 'LANDING_BLOCK_*', 'DEFAULT')
  const rows: Array<[code: string, found: string | undefined]> = [
    ['CRM_DYNAMIC_31_DETAIL_TAB', 'CRM_DYNAMIC_31_DETAIL_TAB'],
    ['CRM_DYNAMIC_183_DETAIL_TAB', 'CRM_DYNAMIC_*_DETAIL_TAB'],
    ['CRM_DYNAMIC_*_DETAIL_TAB', 'CRM_DYNAMIC_*_DETAIL_TAB'],
    ['LANDING_BLOCK_*', 'LANDING_BLOCK_*'],
    ['LANDING_BLOCK_01.big_with_text', 'LANDING_BLOCK_*'],
    ['CRM_DYNAMIC__DETAIL_TAB', undefined],
    ['CRM_DYNAMIC_183_DETAIL_TAB_2', undefined],
    ['MY_CRM_DYNAMIC_183_DETAIL_TAB', undefined],
    ['LANDING_BLOCK_', undefined],
    ['default', undefined],
    ['', undefined],
    ['toString', undefined],
    ['__proto__', undefined]
  ]
  for (const [code, found] of rows) t.equal(find(code)?.code, found, code)

  const blocks = registryOf('LANDING_BLOCK_shop.*.big')
  t.ok(blocks.find('LANDING_BLOCK_shop.1.big'))
  t.notOk(blocks.find('LANDING_BLOCK_shop.1-big'))
})

await t.test('placement registry: finds one of several handlers by its name', async t => {
  const registry = createPlacementRegistry<PlacementDeclaration>()
  const declared: Array<[code: string, name?: string]> = [
    ['LEFT_MENU'], ['LEFT_MENU', 'notes'], ['LEFT_MENU', 'stock'], ['CRM_*_TAB', 'notes'], ['CRM_DEAL_*'],
    ['CRM_DEAL_TAB', 'notes']
  ]
  for (const [code, name] of declared) registry.add({ code, source: 'file', ...(name !== undefined && { name }) })
  const rows: Array<[code: string, name: string | undefined, found: (typeof declared)[number] | undefined]> = [
    ['LEFT_MENU', undefined, ['LEFT_MENU']],
    ['LEFT_MENU', 'stock', ['LEFT_MENU', 'stock']],
    ['LEFT_MENU', 'other', undefined],
    ['LEFT_MENU', '', undefined],
    ['LEFT_MENU', '__proto__', undefined],
    ['CRM_LEAD_TAB', 'notes', ['CRM_*_TAB', 'notes']],
    ['CRM_LEAD_TAB', undefined, undefined],
    ['CRM_DEAL_TAB', undefined, ['CRM_DEAL_*']],
    ['CRM_DEAL_TAB', 'notes', ['CRM_DEAL_TAB', 'notes']],
    // What stands in a key is no code.
    ['LEFT_MENU:notes', undefined, undefined]
  ]
  for (const [code, name, found] of rows) {
    const entry = registry.find(code, name)
    const [expected, expectedName] = found ?? []
    t.strictSame([entry?.code, entry?.name], [expected, expectedName], `${code} ${name}`)
  }
  t.throws(() => registry.add({ code: 'LEFT_MENU', name: 'notes', source: 'other' }), {
    code: 'B24_ERR_PLACEMENT_DUPLICATED', message: 'Placement LEFT_MENU:notes is declared twice: in file and in other'
  })
  t.throws(() => registry.add({ code: 'CRM_LEAD_*', name: 'notes', source: 'other' }), {
    code: 'B24_ERR_PLACEMENT_AMBIGUOUS'
  })
})

await t.test('placement registry: finds no family for what is no code', async t => {
  const registry = registryOf('CRM_DYNAMIC_*_DETAIL_TAB')
  t.match(registry.find('CRM_DYNAMIC_183_DETAIL_TAB'), { code: 'CRM_DYNAMIC_*_DETAIL_TAB' })
  for (const middle of ['<script>', "1' or '1", '1\n2', 'Ä', '']) {
    t.equal(registry.find(`CRM_DYNAMIC_${middle}_DETAIL_TAB`), undefined, middle)
  }
})

await t.test('placement registry: lists declarations in order', async t => {
  const codes = ['DEFAULT', 'LANDING_BLOCK_*', 'LANDING_BLOCK_43.4.cover', 'CALL_CARD', '1C_PAGE']
  t.strictSame(registryOf(...codes).all().map(({ code }) => code), codes)
})

await t.test('placement registry: refuses obvious mistakes, naming codes and files', async t => {
  const [twice, ambiguous] = ['B24_ERR_PLACEMENT_DUPLICATED', 'B24_ERR_PLACEMENT_AMBIGUOUS']
  const mistaken = ['', 'A B', 'A-B', 'A/B', 'Ä', 'A\n', 'X'.repeat(101), 'left_menu', 'CRM_DEAL_DETAIL_tab', 'A.B']
  const isNone = 'is not a placement code or pattern: those are of upper-case letters, digits, "_" and "*"'
  type Row = [codes: string[], code: string, message: RegExp | string]
  const rows: Row[] = [
    [['DEFAULT', 'DEFAULT'], twice, /DEFAULT .* file 0 and in file 1$/],
    [['A_*', 'A_*'], twice, /A_\* .* file 0 and in file 1$/],
    [['CRM_*_TAB', 'X', 'CRM_DEAL_*'], ambiguous, /CRM_\*_TAB and CRM_DEAL_\* .* file 0 and in file 2$/],
    [['BI_ANALYTICS_MENU'], 'B24_ERR_PLACEMENT_BARE', /BI_ANALYTICS_MENU .* file 0\. .* placement\.bind$/],
    ...mistaken.map((code): Row => [[code], 'B24_ERR_PLACEMENT_CODE', `${code} ${isNone}`])
  ]
  for (const [codes, code, message] of rows) t.throws(() => registryOf(...codes), { code, message }, codes.join())
})

await t.test('placement registry: finds two patterns ambiguous if they share a code', async t => {
  const rows: Array<[one: string, other: string, ambiguous: boolean]> = [
    ['*', 'A*', true],
    ['A*', '*B', true],
    ['A*C', 'AB*', true],
    ['A*B*C', 'AX*XC', true],
    ['**', '*', true],
    ['A*', 'B*', false],
    ['*A', '*B', false],
    ['A*B', 'AB*C', false],
    ['A*', 'A', false],
    ['A**', 'AB', false],
    ['CRM_DYNAMIC_*_DETAIL_TAB', 'CRM_DYNAMIC_*_LIST_MENU', false]
  ]
  for (const [one, other, ambiguous] of rows) {
    for (const codes of [[one, other], [other, one]]) {
      if (ambiguous) t.throws(() => registryOf(...codes), { code: 'B24_ERR_PLACEMENT_AMBIGUOUS' }, codes.join(' '))
      else t.doesNotThrow(() => registryOf(...codes), codes.join(' '))
    }
  }
  // Over two letters, patterns of five characters that share a code share one of at most eight.
  const codes = Array.from({ length: 8 }, (_, index) => index + 1).flatMap(length =>
    Array.from({ length: 2 ** length }, (_, bits) => bits.toString(2).padStart(length, '0')))
  const pattern = fc.array(fc.constantFrom('0', '1', '*'), { minLength: 1, maxLength: 5 })
    .map(letters => letters.join(''))
    .filter(text => text.includes('*'))
  const isRefused = (...patterns: string[]) => {
    try {
      return registryOf(...patterns) === undefined
    } catch {
      return true
    }
  }
  const share = (one: string, other: string) =>
    codes.some(code => matchesPattern(one, code) && matchesPattern(other, code))
  t.doesNotThrow(() => fc.assert(fc.property(pattern, pattern, (one, other) =>
    isRefused(one, other) === (one === other || share(one, other)))))
})
