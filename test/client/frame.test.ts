import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { connectFrame, FrameError } from '../../client/frame.ts'
import { openPortalWindow } from './portal-window.ts'

/** A connected frame, which is destroyed with the test, and the portal around it. */
async function connect (t: Test, data: object = {}) {
  const portal = openPortalWindow(t, data)
  const frame = await connectFrame()
  t.after(() => frame.destroy())
  return { ...portal, frame }
}

const outside = { name: 'FrameError', code: 'B24_FRAME_OUTSIDE' }

await t.test('connectFrame: knows what the portal says of the page', async t => {
  const { frame, posted, targets } = await connect(t)
  const { origin, lang, isAdmin, isInstalling, placement } = frame
  t.strictSame({ origin, lang, isAdmin, isInstalling, placement }, {
    origin: 'https://portal.example',
    lang: 'la',
    isAdmin: true,
    isInstalling: false,
    placement: { code: 'CRM_DEAL_DETAIL_TAB', options: { ID: '7' } }
  })
  t.equal(await connectFrame(), frame, 'one connection for all')
  t.equal(posted.length, 1)
  t.strictSame([...targets], ['https://portal.example'])
  t.equal(posted[0]?.sid, 'sid')
})

await t.test('connectFrame: takes what a portal leaves out or writes as a list', async t => {
  const { frame, last } = await connect(t,
    { LANG: '', PLACEMENT: '', PLACEMENT_OPTIONS: [], AUTH_ID: '', IS_ADMIN: 'Y', FIRST_RUN: true })
  t.match(frame, { lang: 'en', isAdmin: false, placement: { code: 'DEFAULT' } })
  t.strictSame(frame.placement.options, {})
  t.strictSame(last('setInstall')?.params, { install: true })
})

await t.test('connectFrame: asks the portal by its frame, and gives up', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const rows = [
    ['portal.example|0|sid', 'http://portal.example'],
    ['Portal.Example:443|1|sid', 'https://portal.example'],
    ['portal.example:8443|1|sid', 'https://portal.example:8443']
  ] as const
  for (const [name, origin] of rows) {
    const { targets } = openPortalWindow(t, null, name)
    const connecting = connectFrame()
    t.strictSame([...targets], [origin], name)
    mock.timers.tick(10_000)
    await t.rejects(connecting, { name: 'FrameError', code: 'B24_FRAME_NO_ANSWER' })
  }
})

await t.test('connectFrame: rejects outside of a portal, and can be called again', async t => {
  for (const name of ['', 'portal.example', 'portal.example|1|', '|1|sid', 'por tal|1|sid']) {
    openPortalWindow(t, {}, name)
    await t.rejects(connectFrame(), outside, name)
  }
  const { window } = openPortalWindow(t)
  Object.assign(window, { parent: window })
  await t.rejects(connectFrame(), outside, 'in a window of its own')
  openPortalWindow(t, 'no JSON')
  await t.rejects(connectFrame(), { code: 'B24_FRAME_BAD_ANSWER' })
  openPortalWindow(t)
  const frame = await connectFrame()
  t.equal(frame.lang, 'la')
  frame.destroy()
})

await t.test('send: takes the answer of the portal to its command, and nothing else', async t => {
  const { frame, say, last, answer } = await connect(t)
  const sent = frame.send('getValue', { name: 'a:b' })
  t.strictSame(last('getValue')?.params, { name: 'a:b' })
  for (const data of [{ method: 'x' }, undefined, 'no key', 'other:1', ':']) say(data)
  say(`${last('getValue')?.key}:"of another"`, 'https://other.example')
  answer('getValue', { value: 'c:d' })
  t.strictSame(await sent, { value: 'c:d' })

  const raw = frame.send('setValue', '{"a":1}')
  t.strictSame(last('setValue')?.params, { a: 1 })
  answer('setValue')
  t.equal(await raw, undefined)

  const whole = frame.send('im:setImTextareaContent', { text: 'Hello' })
  t.match(last('im:setImTextareaContent'), { params: { text: 'Hello' }, sid: 'sid' })
  answer('im:setImTextareaContent', true)
  t.equal(await whole, true)

  const odd = frame.send('getValue')
  say(`${last('getValue')?.key}:{`)
  await t.rejects(odd, { code: 'B24_FRAME_BAD_ANSWER' })
})

await t.test('send: gives up after its time, and when the frame is destroyed', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const { frame, answer, posted } = await connect(t)
  const silent = frame.send('reloadData', {}, 50)
  mock.timers.tick(50)
  await t.rejects(silent, new FrameError('B24_FRAME_NO_ANSWER', 'The portal did not answer reloadData'))
  answer('reloadData', 'too late')
  const open = frame.selectUser()
  frame.destroy()
  await t.rejects(open, { code: 'B24_FRAME_CLOSED' })
  answer('selectUser', 'nobody listens')
  const again = await connectFrame()
  t.equal(posted.filter(({ command }) => command === 'getInitData').length, 2)
  again.destroy()
})

await t.test('on: hears each event until it is told to stop', async t => {
  const { frame, last, say, answer } = await connect(t)
  const heard: unknown[] = []
  const stop = frame.on('CallCard::BeforeClose', value => heard.push(value))
  t.strictSame(last('placementBindEvent')?.params, { event: 'CallCard::BeforeClose' })
  answer('placementBindEvent', { id: 1 })
  answer('placementBindEvent')
  say(`${last('placementBindEvent')?.key}:{`)
  stop()
  answer('placementBindEvent', { id: 3 })
  t.strictSame(heard, [{ id: 1 }, undefined])
  frame.listen('bindLayoutEventCallback', {}, value => heard.push(value))
  frame.destroy()
  answer('bindLayoutEventCallback', 4)
  t.equal(heard.length, 2)
})

await t.test('frame: tells the portal what needs no answer', async t => {
  const { frame, posted } = await connect(t)
  frame.fit()
  frame.setTitle('Supplies')
  frame.close()
  frame.installFinish()
  t.strictSame(posted.slice(1).map(({ command, params }) => [command, params]), [
    ['resizeWindow', { width: '100%', height: 700 }],
    ['setTitle', { title: 'Supplies' }],
    ['closeApplication', undefined],
    ['setInstallFinish', undefined]
  ])
})

await t.test('frame: is as high as what is in it, also what stands outside of the body', async t => {
  const { frame, last, document } = await connect(t)
  const rows = [[900, 900, 700], [1200, 900, 1200], [900, 600, 900]] as const
  for (const [scrollHeight, clientHeight, height] of rows) {
    Object.assign(document.documentElement, { scrollHeight, clientHeight })
    frame.fit()
    t.strictSame(last('resizeWindow')?.params, { width: '100%', height }, `${scrollHeight} in ${clientHeight}`)
  }
})

await t.test('frame: opens pages and dialogs of the portal', async t => {
  const { frame, last, answer } = await connect(t)
  const opened = frame.openPath('/crm/deal/details/7/?a=b')
  t.strictSame(last('openPath')?.params,
    { path: '/crm/type/0/details/0/../../../../../crm/deal/details/7/?a=b&IFRAME=Y&IFRAME_TYPE=SIDE_SLIDER' })
  answer('openPath', { result: 'close' })
  await opened
  const refused = frame.openPath('https://portal.example/stream/')
  answer('openPath', { result: 'error', errorCode: 'PATH_NOT_AVAILABLE' })
  await t.rejects(refused, { code: 'B24_FRAME_REFUSED', message: /stream.*PATH_NOT_AVAILABLE/ })
  for (const encoded of ['%26', '%23', '%2B', '%25']) {
    await t.rejects(frame.openPath(`/crm/deal/details/7/?a=b${encoded}c`), { code: 'B24_FRAME_REFUSED' }, encoded)
  }
  const application = frame.openApplication({ id: 1 })
  answer('openApplication')
  t.equal(await application, undefined)

  const person = frame.selectUser()
  t.strictSame(last('selectUser')?.params, { mult: false })
  answer('selectUser', { id: '1', name: 'Anna Berger' })
  t.match(await person, { id: '1' })
  const people = frame.selectUsers()
  t.strictSame(last('selectUser')?.params, { mult: true })
  answer('selectUser', [{ id: '1', name: 'Anna Berger' }])
  t.match(await people, [{ id: '1' }])
  const entries = frame.selectCrm({ entityType: ['deal', 'lead'] })
  t.strictSame(last('selectCRM')?.params, { entityType: ['deal', 'lead'] })
  answer('selectCRM', { deal: { 0: { id: 'D_7' } }, lead: [] })
  t.strictSame(await entries, { deal: [{ id: 'D_7' }], lead: [] })
})
