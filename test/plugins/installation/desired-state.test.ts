import t from 'tap'
import {
  bindable, lifecycleEvents, planEvents, planPlacements, withWorkerErrors
} from '../../../plugins/installation/desired-state.ts'
import { toCodes, toEventRows, toPlacementRows, type PlacementRow } from '../../../plugins/installation/portal-rows.ts'
import type { PlacementDeclaration } from '../../../plugins/placement-dispatch/declaration.ts'

const handler = 'https://new.example/placement'
const lastHandler = 'https://old.example/placement'
const foreign = 'https://foreign.example/'
const declared = (code: string, more: Partial<PlacementDeclaration> = {}): PlacementDeclaration =>
  ({ code, source: 'test', ...more })
const bound = (placement: string, more: Partial<PlacementRow> = {}): PlacementRow => ({ placement, handler, ...more })

await t.test('portal rows: are read as sent, without what is no row', async t => {
  // PHP sends an empty map as a list.
  const rows = [bound('LEFT_MENU', { options: [], langAll: [] }), bound('CRM_DEAL_DETAIL_TAB', {
    options: { a: 1 }, langAll: { en: { TITLE: 'Deal' } }
  })]
  t.strictSame(toPlacementRows([...rows, null, 'x', {}, { placement: 'LEFT_MENU' }, { placement: 1, handler }]), rows)
  const events = [{ event: 'ONAPPINSTALL', handler, auth_type: '0', offline: 0 }]
  t.strictSame(toEventRows([...events, { event: 'ONCRMDEALADD', offline: 1 }, null]), events)
  t.strictSame(toCodes(['LEFT_MENU', 1, null]), ['LEFT_MENU'])
  for (const read of [toPlacementRows, toEventRows, toCodes]) {
    for (const answer of [undefined, null, {}, 'LEFT_MENU', false]) t.strictSame(read(answer), [])
  }
})

await t.test('portal rows: are limited when a portal answers too many', t => {
  const many = (length: number, row: (index: number) => unknown) => Array.from({ length }, (_, index) => row(index))
  t.equal(toCodes(many(5000, index => `CRM_DYNAMIC_${index}_DETAIL_TAB`)).length, 1000)
  t.strictSame(toCodes([`CRM_${'X'.repeat(200)}_TAB`, 'LEFT_MENU', 7]), ['LEFT_MENU'], 'what is bound is kept')
  const rows = toPlacementRows(many(5000, () => bound('LEFT_MENU')))
  t.equal(rows.length, 1000)
  t.equal(Object.keys(planPlacements([], rows, handler, null)).length, 200)
  t.equal(bindable([declared('CRM_DYNAMIC_*_DETAIL_TAB')], many(500, index => `CRM_DYNAMIC_${index}_DETAIL_TAB`)
    .map(String)).length, 200)
  t.end()
})

await t.test('bindable: replaces a family by the members that are offered', async t => {
  const offered = [
    'CRM_DYNAMIC_1_DETAIL_TAB', 'CRM_DYNAMIC_2_DETAIL_TAB', 'CRM_DYNAMIC_2_LIST_MENU', 'LEFT_MENU', 'BI_ANALYTICS_MENU'
  ]
  const rows: Array<[name: string, declarations: PlacementDeclaration[], codes: string[]]> = [
    ['exact, offered or not', [declared('LEFT_MENU'), declared('TASK_VIEW_TAB')], ['LEFT_MENU', 'TASK_VIEW_TAB']],
    [
      'the application itself and connectors are bound elsewhere',
      [declared('DEFAULT'), declared('SETTING_CONNECTOR')],
      []
    ],
    ['not to be bound', [declared('LEFT_MENU', { bind: false }), declared('CRM_*', { bind: false })], []],
    ['family', [declared('CRM_DYNAMIC_*_DETAIL_TAB')], ['CRM_DYNAMIC_1_DETAIL_TAB', 'CRM_DYNAMIC_2_DETAIL_TAB']],
    ['no family takes what comes without data', [declared('*_MENU')], ['CRM_DYNAMIC_2_LIST_MENU', 'LEFT_MENU']],
    [
      'an exact declaration wins',
      [declared('CRM_DYNAMIC_*_DETAIL_TAB'), declared('CRM_DYNAMIC_1_DETAIL_TAB', { bind: false })],
      ['CRM_DYNAMIC_2_DETAIL_TAB']
    ],
    [
      'a name makes another handler',
      [declared('CRM_DYNAMIC_*_DETAIL_TAB'), declared('CRM_DYNAMIC_1_DETAIL_TAB', { name: 'notes' })],
      ['CRM_DYNAMIC_1_DETAIL_TAB', 'CRM_DYNAMIC_1_DETAIL_TAB', 'CRM_DYNAMIC_2_DETAIL_TAB']
    ]
  ]
  for (const [name, declarations, codes] of rows) {
    t.strictSame(bindable(declarations, offered).map(({ code }) => code), codes, name)
  }
  t.equal(bindable([declared('CRM_DYNAMIC_*_DETAIL_TAB', {
    title: 'Tab'
  })], offered)[0]?.title, 'Tab', 'a member has the texts of its family')
})

await t.test('withWorkerErrors: gives the worker an address for its errors', async t => {
  const addresses = { handler, events: 'https://new.example/events', workerErrors: 'https://new.example/errors' }
  const rows: Array<[declaration: PlacementDeclaration, options: PlacementDeclaration['bindOptions']]> = [
    [declared('PAGE_BACKGROUND_WORKER'), { errorHandlerUrl: 'https://new.example/errors' }],
    [declared('PAGE_BACKGROUND_WORKER', { bindOptions: { errorHandlerUrl: 'https://own.example/' } }), {
      errorHandlerUrl: 'https://own.example/'
    }],
    [declared('LEFT_MENU'), undefined]
  ]
  for (const [declaration, options] of rows) t.strictSame(withWorkerErrors(declaration, addresses).bindOptions, options)
  t.equal(withWorkerErrors(declared('PAGE_BACKGROUND_WORKER'), { handler, events: '' }).bindOptions, undefined)
})

await t.test('planPlacements: leaves alone what is bound as declared', async t => {
  const rows: Array<[name: string, declaration: PlacementDeclaration, row: PlacementRow]> = [
    ['without texts', declared('LEFT_MENU'), bound('LEFT_MENU', {
      langAll: { en: { TITLE: 'Ours by default', DESCRIPTION: '', GROUP_NAME: '' } }
    })],
    ['with texts', declared('LEFT_MENU', {
      title: { en: 'Menu', de: 'Menü' }, description: 'All'
    }), bound('LEFT_MENU', {
      langAll: { en: { TITLE: 'Menu', DESCRIPTION: 'All', GROUP_NAME: '' }, de: { TITLE: 'Menü' } }
    })],
    ['with options, numbers as text', declared('IM_TEXTAREA', {
      bindOptions: { iconName: 'fa-x', width: 100 }
    }), bound('IM_TEXTAREA', {
      options: { iconName: 'fa-x', width: '100', role: 'USER' }
    })]
  ]
  for (const [name, declaration, row] of rows) {
    t.strictSame(planPlacements([declaration], [row], handler, lastHandler), {}, name)
  }
})

await t.test('planPlacements: unbinds what differs before binding it again', async t => {
  const declaration = declared('IM_TEXTAREA', { title: 'Text', bindOptions: { iconName: 'fa-x' } })
  const rows: Array<[name: string, row: PlacementRow]> = [
    ['other text', bound('IM_TEXTAREA', { options: { iconName: 'fa-x' }, langAll: { en: { TITLE: 'Other' } } })],
    ['text of another language', bound('IM_TEXTAREA', {
      options: { iconName: 'fa-x' }, langAll: { de: { TITLE: 'Text' } }
    })],
    ['no texts', bound('IM_TEXTAREA', { options: { iconName: 'fa-x' } })],
    ['other options', bound('IM_TEXTAREA', { options: { iconName: 'fa-y' }, langAll: { en: { TITLE: 'Text' } } })],
    ['no options', bound('IM_TEXTAREA', { options: [], langAll: { en: { TITLE: 'Text' } } })],
    ['bound to the address of before', bound('IM_TEXTAREA', {
      handler: lastHandler, options: { iconName: 'fa-x' }, langAll: { en: { TITLE: 'Text' } }
    })]
  ]
  for (const [name, row] of rows) {
    const plan = planPlacements([declaration], [row], handler, lastHandler)
    t.strictSame(Object.entries(plan), [
      ['unbind_0', { method: 'placement.unbind', params: { PLACEMENT: 'IM_TEXTAREA', HANDLER: row.handler } }],
      ['bind_IM_TEXTAREA', {
        method: 'placement.bind',
        params: {
          PLACEMENT: 'IM_TEXTAREA', HANDLER: handler, LANG_ALL: { en: { TITLE: 'Text' } }, OPTIONS: { iconName: 'fa-x' }
        }
      }]
    ], name)
  }
})

await t.test('planPlacements: binds a missing placement with its texts', async t => {
  const rows: Array<[declaration: PlacementDeclaration, params: object]> = [
    [declared('LEFT_MENU'), {}],
    [declared('LEFT_MENU', { title: 'Menu' }), { LANG_ALL: { en: { TITLE: 'Menu' } } }],
    [declared('LEFT_MENU', { title: { en: 'Menu', de: 'Menü' }, description: { de: 'Alles' }, groupName: 'Ours' }), {
      LANG_ALL: { en: { TITLE: 'Menu', GROUP_NAME: 'Ours' }, de: { TITLE: 'Menü', DESCRIPTION: 'Alles' } }
    }]
  ]
  for (const [declaration, params] of rows) {
    t.strictSame(planPlacements([declaration], [], handler, null), {
      bind_LEFT_MENU: { method: 'placement.bind', params: { PLACEMENT: 'LEFT_MENU', HANDLER: handler, ...params } }
    })
  }
})

await t.test('planPlacements: unbinds only our own rows', async t => {
  const rows: Array<[name: string, row: PlacementRow, unbound: boolean]> = [
    ['ours, no longer declared', bound('TASK_VIEW_TAB'), true],
    ['ours of before, no longer declared', bound('TASK_VIEW_TAB', { handler: lastHandler }), true],
    ['somebody else\'s', bound('TASK_VIEW_TAB', { handler: foreign }), false],
    ['somebody else\'s beside ours', bound('LEFT_MENU', { handler: foreign }), false],
    ['in the place that takes a single handler', bound('REST_APP_URI', { handler: foreign }), true],
    ['in a place that takes a single handler, which nobody ' +
      'declares', bound('PAGE_BACKGROUND_WORKER', { handler: foreign }), false]
  ]
  for (const [name, row, unbound] of rows) {
    const plan = planPlacements([declared('LEFT_MENU'), declared('REST_APP_URI')], [row], handler, lastHandler)
    t.equal(Object.values(plan).some(({ method }) => method === 'placement.unbind'), unbound, name)
  }
})

await t.test('planPlacements: has nothing left to do after its run', async t => {
  const declarations = [
    declared('LEFT_MENU', { title: { en: 'Menu', de: 'Menü' } }),
    declared('REST_APP_URI'),
    declared('IM_TEXTAREA', { bindOptions: { width: 5 } })
  ]
  const rows = [
    bound('REST_APP_URI', { handler: foreign }), bound('LEFT_MENU', { handler: lastHandler }), bound('CALL_CARD')
  ]
  for (const { method, params } of Object.values(planPlacements(declarations, rows, handler, lastHandler))) {
    const { PLACEMENT: placement, HANDLER: address, LANG_ALL: langAll, OPTIONS: options } =
      // planned above
      params as {
        PLACEMENT: string
        HANDLER: string
        LANG_ALL?: Record<string, Record<string, string>>
        OPTIONS?: Record<string, unknown>
      }
    if (method === 'placement.unbind') {
      rows.splice(rows.findIndex(row => row.placement === placement &&
      row.handler === address), 1)
    } else rows.push(bound(placement, { handler: address, ...(langAll && { langAll }), ...(options && { options }) }))
  }
  t.strictSame(rows.map(row => [row.placement, row.handler]), declarations.map(({ code }) => [code, handler]))
  t.strictSame(planPlacements(declarations, rows, handler, handler), {})
})

await t.test('planPlacements: tells handlers of one placement apart', async t => {
  const notes = declared('LEFT_MENU', { name: 'notes' })
  const bindOf = (name: string) => [`bind_LEFT_MENU:${name}`, 'placement.bind', `${handler}?handler=${name}`]
  const unbind = (index: number, address: string) => [`unbind_${index}`, 'placement.unbind', address]
  const rows: Array<[name: string, declarations: PlacementDeclaration[], bound: string[], plan: unknown[]]> = [
    ['both as declared', [declared('LEFT_MENU'), notes], [handler, `${handler}?handler=notes`], []],
    ['one is missing', [declared('LEFT_MENU'), notes], [handler], [bindOf('notes')]],
    ['one is no longer declared', [notes], [handler, `${handler}?handler=notes`], [unbind(0, handler)]],
    ['another name', [notes], [`${handler}?handler=stock`], [unbind(0, `${handler}?handler=stock`), bindOf('notes')]],
    ['moved', [notes], [`${lastHandler}?handler=notes`], [unbind(0, `${lastHandler}?handler=notes`), bindOf('notes')]],
    ["somebody's own", [], [`${handler}?mine=1`, `${handler}?handler=A`, `${handler}?handler=a&b`, `${handler}/a`], []]
  ]
  for (const [name, declarations, addresses, expected] of rows) {
    const bound = addresses.map(address => ({ placement: 'LEFT_MENU', handler: address }))
    const plan = Object.entries(planPlacements(declarations, bound, handler, lastHandler))
    t.strictSame(plan.map(([key, { method, params }]) => [key, method, params['HANDLER']]), expected, name)
  }
})

await t.test('planPlacements: binds an icon, and a worker for one user', async t => {
  const worker = declared('PAGE_BACKGROUND_WORKER', { name: 'ann', userId: 7 })
  const menu = declared('LEFT_MENU', { icon: ['a.png', 'aW1hZ2U='] })
  const address = `${handler}?handler=ann`
  t.strictSame(Object.values(planPlacements([worker, menu], [], handler, null)).map(({ params }) => params), [
    { PLACEMENT: 'PAGE_BACKGROUND_WORKER', HANDLER: address, USER_ID: 7 },
    { PLACEMENT: 'LEFT_MENU', HANDLER: handler, ICON: { fileData: ['a.png', 'aW1hZ2U='] } }
  ])
  const rows: Array<[userId: unknown, address: string, changes: string[]]> = [
    [7, address, []],
    ['7', address, []],
    ['8', address, ['unbind_0', 'bind_PAGE_BACKGROUND_WORKER:ann']],
    [{ toString: 1, valueOf: 1 }, address, ['unbind_0', 'bind_PAGE_BACKGROUND_WORKER:ann']],
    [undefined, foreign, ['bind_PAGE_BACKGROUND_WORKER:ann']],
    ['7', foreign, ['unbind_0', 'bind_PAGE_BACKGROUND_WORKER:ann']]
  ]
  for (const [userId, at, changes] of rows) {
    const row = bound('PAGE_BACKGROUND_WORKER', { userId, handler: at })
    const name = `${JSON.stringify(userId)} ${at}`
    t.strictSame(Object.keys(planPlacements([worker], [row], handler, null)), changes, name)
  }
})

await t.test('planPlacements: binds again where an option is none that a text can be made of', async t => {
  const menu = declared('LEFT_MENU', { bindOptions: { width: 100 } })
  const rows: Array<[width: unknown, changes: string[]]> = [
    ['100', []], [100, []],
    ...[undefined, null, '99', [100], { toString: 1 }].map((width): [unknown, string[]] =>
      [width, ['unbind_0', 'bind_LEFT_MENU']])
  ]
  for (const [width, changes] of rows) {
    const row = bound('LEFT_MENU', { options: { width } })
    t.strictSame(Object.keys(planPlacements([menu], [row], handler, null)), changes, JSON.stringify(width))
  }
})

await t.test('planEvents: binds missing events, and moves the others', async t => {
  const now = 'https://new.example/events'
  const before = 'https://old.example/events'
  const at = (address: string) => lifecycleEvents.map(event => ({ event, handler: address }))
  const bind = lifecycleEvents.map(event =>
    [`bind_${event}`, { method: 'event.bind', params: { event, handler: now } }])
  const unbind = lifecycleEvents.map(event =>
    [`unbind_${event}`, { method: 'event.unbind', params: { event, handler: before } }])
  const rows: Array<[
    name: string, rows: Array<{ event: string, handler: string }>, last: string | null, commands: unknown
  ]> = [
    ['none is bound', [], null, bind],
    ['all are bound', at(now), now, []],
    ['one is missing', at(now).slice(1), now, bind.slice(0, 1)],
    ['in another case', at(now).map(row => ({ ...row, event: row.event.toLowerCase() })), now, []],
    ['moved', at(before), before, [...unbind, ...bind]],
    ['moved, and bound already', [...at(before), ...at(now)], before, unbind],
    ['somebody else\'s', [...at(now), ...at(foreign)], before, []]
  ]
  for (const [name, events, last, commands] of rows) {
    t.strictSame(Object.entries(planEvents(events, now, last)), commands, name)
  }
})
