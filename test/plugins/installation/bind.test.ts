import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { SandboxUser } from '../../../sandbox/index.ts'
import { PortalRefusedError, PortalUnavailableError } from '../../../src/errors.ts'
import {
  bindDeclared, missingScope, reasonText, requireAdmin, surveyPortal
} from '../../../plugins/installation/bind.ts'
import { lifecycleEvents, type Addresses } from '../../../plugins/installation/desired-state.ts'
import type { PlacementDeclaration } from '../../../plugins/placement-dispatch/declaration.ts'
import { createI18n } from '../../../plugins/page/i18n.ts'
import { openPortalRest } from '../../../plugins/portal-rest/portal-rest.ts'
import type { BatchRest } from '../../../plugins/portal-rest/rest-interface.ts'
import { connectionsFor } from '../../servers.ts'
import { sandboxFor } from '../../sandbox/helper.ts'

const addressesAt = (base: string): Addresses => ({ handler: `${base}/placement`, events: `${base}/events` })
const here = addressesAt('https://new.example')
const before = addressesAt('https://old.example')
const declared = (code: string, more: Partial<PlacementDeclaration> = {}): PlacementDeclaration =>
  ({ code, source: 'test', ...more })

/** The portal alpha of a sandbox, and an installation on it that can be run again and again. */
async function portalFor (t: Test, scope?: string[]) {
  const sandbox = await sandboxFor(t, scope && { scope })
  const { alpha } = sandbox.portals
  const connections = connectionsFor(t)
  const restFor = (user: SandboxUser = alpha.users.admin) => openPortalRest({
    memberId: alpha.memberId,
    domain: alpha.domain,
    clientEndpoint: `${alpha.url}/rest/`,
    serverEndpoint: `${sandbox.authorizationServer}/rest/`,
    scope: alpha.scope,
    userId: user.id,
    accessToken: alpha.grant(user).accessToken,
    expiresAt: Date.now() + 3_600_000
  }, { connections })
  /** Runs the installation; counts requests, and names the commands that changed something. */
  async function install (declarations: PlacementDeclaration[], addresses = here,
    last: Parameters<typeof bindDeclared>[4] = null) {
    const rest = await restFor()
    const sent: string[] = []
    const watched: BatchRest = {
      batch: commands => {
        sent.push(...Object.keys(commands))
        return rest.batch(commands)
      }
    }
    const first = sandbox.requests.length
    const report = await bindDeclared(
      watched, await surveyPortal(watched, declarations), declarations, addresses, last, 123
    )
    return { report, requests: sandbox.requests.length - first, changes: sent.filter(name => /bind_/.test(name)) }
  }
  const handlers = () => alpha.placements.map(({ placement, handler }) => `${placement} ${handler}`)
  return { alpha, restFor, install, handlers }
}

await t.test('requireAdmin: rejects anybody else', async t => {
  const { alpha, restFor } = await portalFor(t)
  await t.resolves(requireAdmin(restFor()))
  await t.rejects(requireAdmin(restFor(alpha.users.employee)), { code: 'B24_ERR_NOT_ADMIN' })
  for (const profile of [undefined, null, 'ADMIN', {}, { ADMIN: 'Y' }, { ADMIN: false }]) {
    const rest: BatchRest = { batch: async () => ({ profile: { ok: profile } }) }
    await t.rejects(requireAdmin(rest), { code: 'B24_ERR_NOT_ADMIN' }, JSON.stringify(profile))
  }
})

await t.test('install: rejects when the portal hides who asks, or the scope', async t => {
  const rows: Array<[
    name: string,
    step: (rest: BatchRest) => Promise<unknown>,
    answers: Awaited<ReturnType<BatchRest['batch']>>,
    code: string
  ]> = [
    ['profile', requireAdmin, { profile: { error: 'ACCESS_DENIED', text: '' } }, 'ACCESS_DENIED'],
    ['scope', rest => surveyPortal(rest, []), { scope: { error: 'ERROR_CORE', text: '' } }, 'ERROR_CORE'],
    ['no answer', rest => surveyPortal(rest, []), {}, 'unknown']
  ]
  for (const [name, step, answers, code] of rows) {
    const message = `The portal refused a step of the installation: ${code}`
    await t.rejects(
      step({ batch: async () => answers }), { code: 'B24_ERR_INSTALL_REFUSED', portalCode: code, message }, name
    )
  }
})

await t.test('install: tells a refused request from an unavailable portal', async t => {
  const rows: Array<[error: Error, expected: { code: string, portalCode?: string }]> = [
    [new PortalRefusedError('user_access_error'), { code: 'B24_ERR_INSTALL_REFUSED', portalCode: 'user_access_error' }],
    [new PortalUnavailableError(), { code: 'B24_ERR_PORTAL_UNAVAILABLE' }]
  ]
  for (const [error, expected] of rows) {
    const rest: BatchRest = { batch: async () => { throw error } }
    await t.rejects(requireAdmin(rest), expected)
    await t.rejects(surveyPortal(rest, []), expected)
    await t.rejects(bindDeclared(rest, { scope: [], answers: {} }, [], here, null, 123), expected)
  }
})

await t.test('bindDeclared: binds all at first, and then nothing more', async t => {
  const { alpha, install, handlers } = await portalFor(t)
  const declarations = [
    declared('REST_APP_URI', { title: { en: 'Link', de: 'Verweis' } }),
    declared('CRM_DEAL_DETAIL_TAB'),
    declared('IM_TEXTAREA', { bindOptions: { iconName: 'fa-x', width: 100 } }),
    declared('DEFAULT')
  ]
  const bound = ['REST_APP_URI', 'CRM_DEAL_DETAIL_TAB', 'IM_TEXTAREA']
  const first = await install(declarations)
  t.strictSame(first.report, { at: 123, bound, skipped: [] })
  t.equal(first.requests, 2)
  t.strictSame(handlers(), bound.map(code => `${code} ${here.handler}`))
  t.strictSame(alpha.events.map(({ event, handler }) => [event, handler]), lifecycleEvents.map(event =>
    [event, here.events]))

  const second = await install(declarations, here, here)
  t.strictSame(second, { report: first.report, requests: 1, changes: [] })
})

await t.test('bindDeclared: moves everything to a new address', async t => {
  const { alpha, install, handlers } = await portalFor(t)
  const declarations = [declared('REST_APP_URI'), declared('LEFT_MENU')]
  await install(declarations, before)
  const { report } = await install(declarations, here, before)
  t.strictSame(report.skipped, [])
  t.strictSame(handlers(), [`REST_APP_URI ${here.handler}`, `LEFT_MENU ${here.handler}`])
  t.strictSame([...new Set(alpha.events.map(({ handler }) => handler))], [here.events])
})

await t.test('bindDeclared: moves the link handler from a forgotten address', async t => {
  const { install, handlers } = await portalFor(t)
  await install([declared('REST_APP_URI')], before)
  const { report } = await install([declared('REST_APP_URI')], here, null)
  t.strictSame(report, { at: 123, bound: ['REST_APP_URI'], skipped: [] })
  t.strictSame(handlers(), [`REST_APP_URI ${here.handler}`])
})

await t.test('bindDeclared: skips what cannot be bound, and says why', async t => {
  const { install, handlers } = await portalFor(t, ['placement', 'im'])
  const { report } = await install([
    declared('CRM_DEAL_DETAIL_TAB'), declared('NO_SUCH_PLACEMENT'), declared('IM_TEXTAREA'), declared('LEFT_MENU')
  ])
  t.strictSame(report, {
    at: 123,
    bound: ['LEFT_MENU'],
    skipped: [
      { code: 'CRM_DEAL_DETAIL_TAB', reason: 'scope:crm' },
      { code: 'NO_SUCH_PLACEMENT', reason: 'unknown:' },
      { code: 'IM_TEXTAREA', reason: 'refused:ERROR_ARGUMENT' }
    ]
  })
  t.strictSame(handlers(), [`LEFT_MENU ${here.handler}`])
})

await t.test('bindDeclared: binds only events without the scope placement', async t => {
  const { alpha, install } = await portalFor(t, ['crm'])
  const { report } = await install([declared('LEFT_MENU'), declared('CRM_DYNAMIC_*_DETAIL_TAB')])
  t.strictSame(report, { at: 123, bound: [], skipped: [{ code: 'LEFT_MENU', reason: 'scope:placement' }] })
  t.equal(alpha.events.length, 3)
})

await t.test('bindDeclared: binds the members of a family that are offered', async t => {
  const { install, handlers } = await portalFor(t)
  const { report } = await install([declared('CRM_DYNAMIC_*_DETAIL_TAB'), declared('TASK_*', { bind: false })])
  t.strictSame(report, { at: 123, bound: ['CRM_DYNAMIC_183_DETAIL_TAB'], skipped: [] })
  t.strictSame(handlers(), [`CRM_DYNAMIC_183_DETAIL_TAB ${here.handler}`])
})

await t.test('bindDeclared: leaves alone what the application binds by itself', async t => {
  const { install, restFor, handlers } = await portalFor(t)
  const declarations = [
    declared('LEFT_MENU', { bind: false }), declared('LEFT_MENU', { name: 'stock' }),
    declared('CRM_*', { bind: false }), declared('CRM_LEAD_DETAIL_TAB', { bind: false }),
    declared('CRM_DEAL_DETAIL_TAB')
  ]
  const rest = await restFor()
  const bind = (PLACEMENT: string, HANDLER: string) => ({ method: 'placement.bind', params: { PLACEMENT, HANDLER } })
  await rest.batch({
    menu: bind('LEFT_MENU', here.handler),
    toolbar: bind('CRM_DEAL_DETAIL_TOOLBAR', here.handler),
    lead: bind('CRM_LEAD_DETAIL_TAB', here.handler),
    unknown: bind('LEFT_MENU', `${here.handler}?handler=gone`),
    moved: bind('CRM_LEAD_DETAIL_TAB', before.handler)
  })
  const own = ['LEFT_MENU', 'CRM_DEAL_DETAIL_TOOLBAR', 'CRM_LEAD_DETAIL_TAB'].map(code => `${code} ${here.handler}`)
  await install(declarations, here, before)
  t.strictSame(handlers(), [...own, `LEFT_MENU ${here.handler}?handler=stock`, `CRM_DEAL_DETAIL_TAB ${here.handler}`])
  t.strictSame((await install(declarations, here, here)).changes, [])
})

await t.test('bindDeclared: takes more batches for more than fifty placements', async t => {
  const { install, handlers } = await portalFor(t)
  const declarations = ['CRM_*_TAB', 'CRM_*_TOOLBAR', 'CRM_*_ACTIVITY', 'CRM_*_MENU', 'CRM_*_BUTTON'].map(code =>
    declared(code))
  const { report, requests, changes } = await install(declarations)
  t.strictSame(report.skipped, [])
  t.ok(report.bound.length > 50, `${report.bound.length} placements`)
  t.equal(handlers().length, report.bound.length)
  t.equal(requests, 1 + Math.ceil(changes.length / 50))
  t.strictSame((await install(declarations, here, here)).changes, [])
})

await t.test('bindDeclared: counts what somebody bound meanwhile as bound', async t => {
  const { alpha, install, restFor } = await portalFor(t)
  const declarations = [declared('LEFT_MENU')]
  const survey = await surveyPortal(await restFor(), declarations)
  await install(declarations)
  const report = await bindDeclared(await restFor(), survey, declarations, here, null, 123)
  t.strictSame(report, { at: 123, bound: ['LEFT_MENU'], skipped: [] })
  t.equal(alpha.placements.length, 1)
})

await t.test('bindDeclared: skips an event that the portal refuses', async t => {
  const rest: BatchRest = { batch: async () => ({ bind_ONAPPUPDATE: { error: 'ERROR_EVENT_NOT_FOUND', text: '' } }) }
  const { bound, skipped } = await bindDeclared(rest, { scope: [], answers: {} }, [], here, null, 123)
  t.strictSame({ bound, skipped }, {
    bound: [], skipped: [{ code: 'ONAPPUPDATE', reason: 'refused:ERROR_EVENT_NOT_FOUND' }]
  })
})

await t.test('bindDeclared: knows a kept handler in the words of any version', async t => {
  const rows: Array<[answer: { error: string, text: string }, isBound: boolean]> = [
    [{ error: 'ERROR_CORE', text: 'Unable to set event handler: Handler already binded' }, true],
    [{ error: 'ERROR_CORE', text: 'Handler is already bound' }, true],
    [{ error: 'ERROR_CORE', text: 'Der Handler ist bereits zugewiesen' }, true],
    [{ error: 'ERROR_CORE', text: '' }, true],
    [{ error: 'error_core', text: '' }, true],
    [{ error: 'ERROR_EVENT_ALREADY_EXISTS', text: 'HANDLER ALREADY BINDED' }, true],
    [{ error: 'ACCESS_DENIED', text: 'Access denied!' }, false]
  ]
  for (const [answer, isBound] of rows) {
    const rest: BatchRest = { batch: async () => ({ bind_ONAPPUPDATE: answer, bind_LEFT_MENU: answer }) }
    const survey = { scope: ['placement'], answers: {} }
    const { skipped } = await bindDeclared(rest, survey, [declared('LEFT_MENU')], here, null, 123)
    t.equal(skipped.every(({ code }) => code !== 'ONAPPUPDATE'), isBound, `${answer.error} ${answer.text}`)
    const isPlacementBound = /already/i.test(answer.text)
    t.equal(
      skipped.every(({ code }) => code !== 'LEFT_MENU'),
      isPlacementBound,
      `a placement says what is wrong: ${answer.text}`
    )
  }
})

await t.test('bindDeclared: ends the same whether an update keeps events or not', async t => {
  for (const kept of [true, false]) {
    const { alpha, install } = await portalFor(t)
    await install([])
    if (!kept) alpha.events = []
    const { report } = await install([], here, here)
    t.strictSame(report.skipped, [])
    t.strictSame(alpha.events.map(({ event, handler }) => [event, handler]), lifecycleEvents.map(event =>
      [event, here.events]))
  }
})

await t.test('missingScope: names the scope that a placement lacks', async t => {
  const rows: Array<[code: string, granted: string[], missing: string | undefined]> = [
    ['CRM_DEAL_DETAIL_TAB', ['placement', 'crm'], undefined],
    ['CRM_DEAL_DETAIL_TAB', ['placement'], 'crm'],
    ['CRM_DEAL_DETAIL_TAB', ['crm'], 'placement'],
    ['REST_APP_URI', ['placement'], undefined],
    ['REST_APP_URI', [], 'placement'],
    ['TASK_VIEW_TAB', ['placement'], 'task'],
    ['IM_TEXTAREA', ['placement'], undefined],
    ['IM_SMILES_SELECTOR', ['placement'], undefined],
    ['IMMOBILE_CONTEXT_MENU', ['placement'], undefined],
    ['CALENDAR_GRIDVIEW', ['placement'], 'calendar'],
    ['CONTACT_CENTER', ['placement'], 'contact_center'],
    ['CALL_CARD', ['placement'], 'telephony'],
    ['TELEPHONY_ANALYTICS_MENU', ['placement'], 'telephony'],
    ['USER_PROFILE_MENU', ['placement'], 'user'],
    ['SONET_GROUP_TOOLBAR', ['placement'], 'sonet_group'],
    ['LANDING_SETTINGS', ['placement'], 'landing']
  ]
  for (const [code, granted, missing] of rows) {
    t.equal(missingScope(code, granted), missing, `${code} with ${granted.join()}`)
  }
})

await t.test('reasonText: has a text for every stored reason', async t => {
  const { t: translate } = createI18n(join(import.meta.dirname, '../../../plugins/installation/locales')).resolve('en')
  const rows: Array<[reason: string, expected: RegExp]> = [
    ['scope:crm', /crm/], ['unknown:', /./], ['refused:ERROR_CORE', /ERROR_CORE/]
  ]
  for (const [reason, expected] of rows) {
    const text = reasonText(translate, reason)
    t.match(text, expected, reason)
    t.notMatch(text, /^reason\.|[{}]/, `${reason} has a text`)
  }
})

await t.test('install: binds anew a widget whose icon alone has changed', async t => {
  const { install } = await portalFor(t)
  const withIcon = (icon?: string) =>
    [declared('LEFT_MENU', icon === undefined ? {} : { icon: ['a.png', icon] }), declared('TASK_VIEW_TAB')]
  const anew = ['unbind_0', 'bind_LEFT_MENU']
  let icons: Record<string, string> | undefined
  const rows: Array<[name: string, icon: string | undefined, changes: string[]]> = [
    ['at first', 'b25l', ['bind_LEFT_MENU', 'bind_TASK_VIEW_TAB']],
    ['the same', 'b25l', []],
    ['another', 'dHdv', anew],
    ['the same again', 'dHdv', []],
    ['none any more', undefined, anew],
    ['still none', undefined, []]
  ]
  for (const [name, icon, expected] of rows) {
    const { report, changes } = await install(withIcon(icon), here, { ...here, icons })
    t.strictSame(changes.filter(change => !change.includes('ONAPP')), expected, name)
    icons = report.icons
  }
  t.equal(icons, undefined)
})
