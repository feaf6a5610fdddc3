import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Frame, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { documentServer } from '../../sandbox/documents.ts'
import { listen } from '../../sandbox/listen.ts'
import { parseSliderLink } from '../../src/http/slider-link.ts'
import { openBrowser } from './chromium.ts'
import { until } from '../helper.ts'
import { startService, type Service } from '../service.ts'
import { faults, frameOf, look, openWindow } from './window.ts'

const browser = await openBrowser()

/** A service with a server of documents beside it, and a signed screen of its own. */
async function start (t: Test, declare: (fastify: FastifyInstance) => void = () => {}): Promise<Service> {
  const documents = documentServer()
  t.after(() => documents.close())
  const service = await startService(t, {
    env: { DOCUMENT_ORIGINS: await listen(documents) },
    prepare: fastify => {
      declare(fastify)
      fastify.screen('offer', {
        title: { en: 'RecoveryCall', de: 'Angebot' },
        signed: { expiresIn: 3 * 86_400 },
        schema: {
          params: Type.Object({
            offerId: Type.Integer({ title: 'Number of the offer', description: 'As on its first page', minimum: 1 }),
            tab: Type.Optional(Type.Union([Type.Literal('items'), Type.Literal('terms')], { title: 'Tab' })),
            tags: Type.Optional(Type.Array(Type.String(), { title: 'Tags' })),
            urgent: Type.Optional(Type.Boolean({ title: 'Urgent' })),
            until: Type.Optional(Type.String({ format: 'date-time', title: 'Until' })),
            customer: Type.Optional(Type.Object({
              city: Type.String({ title: 'City' }), floor: Type.Optional(Type.Integer({ title: 'Floor' }))
            }, { title: 'Customer' }))
          })
        }
      }, async ({ screen }, reply) => reply.page('link', {
        params: [],
        code: JSON.stringify(screen.params),
        user: { id: 1 },
        portal: { domain: '' },
        uri: undefined,
        language: ''
      }))
      fastify.screen('trip', {
        title: 'Trip',
        signed: { expiresIn: 3600 },
        schema: {
          params: Type.Object({
            means: Type.Union([Type.Literal('train', { title: 'By train' }), Type.Literal('bus')], { title: 'Means' }),
            paid: Type.Boolean({ title: 'Paid' }),
            tags: Type.Optional(Type.Array(Type.String(), { title: 'Tags' })),
            stops: Type.Optional(Type.Array(Type.Object({ city: Type.String({ title: 'City' }) }), { title: 'Stops' })),
            clerkId: Type.Optional(Type.Integer({ title: 'Clerk', composer: false }))
          })
        }
      }, async (_, reply) => reply.page('link',
        { params: [], code: '', user: { id: 1 }, portal: { domain: '' }, uri: undefined, language: '' }))
    }
  })
  await service.install()
  return service
}

/** A screen whose parameters are named as the parts of the composer, and as each other. */
function declareClash (fastify: FastifyInstance): void {
  const number = (limits: object) => Type.Optional(Type.Integer(limits))
  fastify.screen('clash', {
    title: { en: 'Clash' },
    schema: {
      params: Type.Object({
        link: Type.String({ title: 'Its link', maxLength: 20 }),
        text: Type.String({ title: 'Its text' }),
        chat: number({ minimum: 2, maximum: 5, title: 'Its chat', description: 'Of the game' }),
        task: number({ maximum: 9, title: 'Its task' }),
        calendar: Type.Optional(Type.Boolean({ title: 'Its calendar' })),
        'place-city': Type.Optional(Type.String({ title: 'City, flat' })),
        place: Type.Optional(Type.Object({ city: Type.Optional(Type.String({ title: 'City' })) }, { title: 'Place' })),
        help: Type.Optional(Type.String({ title: 'Help', description: 'Which one' })),
        'help:help': Type.Optional(Type.String({ title: 'Help of help' }))
      })
    }
  }, async (_request, reply) => reply.code(204).send())
}

/** The composer of one screen, unfolded, on the application's home. */
async function compose (t: Test, service: Service, screen: string, { lang = 'en', width = 1280 } = {}) {
  const window = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=${lang}`, width)
  const frame = await frameOf(window.page, service)
  const form = frame.locator(`form[data-screen="${screen}"]`)
  await frame.locator('details', { has: form }).locator('summary').click()
  const link = form.locator('[data-link]')
  /** The link, once it is finished. */
  const written = async (): Promise<string> => {
    await frame.waitForFunction(screen =>
      document.querySelector<HTMLInputElement>(`form[data-screen="${screen}"] [data-link]`)?.value !== '', screen)
    return await link.inputValue()
  }
  return { ...window, frame, form, written }
}

/** The page of the application in the slider. */
async function sliderOf (page: Page, service: Service): Promise<Frame> {
  await page.locator('.slider').waitFor()
  return await frameOf(page, service)
}

await t.test('composer: a link is written, sent to a chat and opened there', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { page, form, written, complaints } = await compose(t, service, 'document')
  await form.getByLabel('Document').fill('42')
  t.match(await written(), 'params%5BdocId%5D=42')
  await form.getByLabel('Text of the link').fill('The delivery note')
  await form.getByLabel('Chat or person').fill('chat2')
  await form.getByRole('button', { name: 'Send to the chat' }).click()
  await form.getByText('Sent.').waitFor()
  await look(page, 'composer-sent')
  await page.goto(`${alpha.url}/messenger/?dialog=chat2`)
  await page.getByRole('link', { name: 'The delivery note' }).click()
  const slider = await sliderOf(page, service)
  t.match(await slider.locator('h1').textContent(), 'delivery-note-42')
  await slider.frameLocator('iframe').getByText('DELIVERY NOTE No. 42').waitFor()
  await look(page, 'composer-opened')
  await page.goto(`${alpha.url}/marketplace/app/1/`)
  const home = await frameOf(page, service)
  const row = home.locator('section', { has: home.locator('#visits') }).locator('tbody tr')
  t.match(await row.textContent(), /Document.*Document.*42.*1/s)
  t.equal(await row.locator('svg rect').count(), 1)
  await row.getByText('Anna Berger').waitFor()
  t.strictSame(await faults(home), [])
  await row.scrollIntoViewIfNeeded()
  await look(page, 'composer-visits')
  t.strictSame(complaints, [])
})

await t.test('composer: the link of a signed screen cannot be edited', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { page, form, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  const path = await written()
  t.match(path, /params%5Bexp%5D=\d+&params%5Bby%5D=1&params%5Bsig%5D=/)
  await page.goto(alpha.url + path)
  t.match(await (await sliderOf(page, service)).locator('main').textContent(), '{"offerId":7}')
  await page.goto(alpha.url + path.replace('offerId%5D=7', 'offerId%5D=8'))
  t.match(await (await sliderOf(page, service)).locator('main').textContent(), 'B24_ERR_LINK_SIGNATURE')
  await look(page, 'composer-edited')
})

await t.test('composer: the form takes every type and leaves out what is empty', async t => {
  const service = await start(t)
  const { form, written, complaints } = await compose(t, service, 'offer')
  const number = form.getByLabel('Number of the offer')
  await number.fill('0')
  await form.getByText('The number has to be 1 or more.').waitFor()
  t.equal(await form.locator('[data-link]').inputValue(), '')
  t.equal(await form.getByRole('button', { name: 'Post to the feed' }).isDisabled(), true, 'nothing to send yet')
  await number.fill('7')
  t.notMatch(await written(), /tab|tags|urgent|until|customer/)
  await form.getByLabel('Floor').fill('2')
  t.equal(await form.locator('[data-link]').inputValue(), '', 'a group that has begun wants its city')
  await form.getByLabel('City').fill('Köln')
  await form.getByLabel('Tab').selectOption('terms')
  await form.getByLabel('Tags').fill('a\n\n b ')
  await form.getByLabel('Urgent').check()
  await form.getByLabel('Until').fill('2026-12-24T18:00')
  const link = new URL(await written(), 'http://localhost')
  const { sig, exp, by, ...params } = Object.fromEntries([...link.searchParams].map(([name, value]) =>
    [name.slice(7, -1), value]))
  t.strictSame(params, {
    screen: 'offer',
    offerId: '7',
    tab: 'terms',
    'tags][0': 'a',
    'tags][1': 'b',
    urgent: 'true',
    until: new Date('2026-12-24T18:00').toISOString(),
    'customer][city': 'Köln',
    'customer][floor': '2'
  })
  t.ok(sig && exp)
  t.equal(by, String(service.sandbox.portals.alpha.users.admin.id))
  t.strictSame(complaints, [])
})

await t.test('composer: says what is wrong with the link as a whole', async t => {
  const service = await start(t)
  const { form, frame, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  await written()
  await form.getByLabel('Tags').fill('x'.repeat(2000))
  await form.getByText(/This is too short or too long\. \(the link is \d+ characters longer than 2000\)/).waitFor()
  await frame.evaluate(() => {
    const fetched = window.fetch
    window.fetch = async (url, init) => await fetched(url,
      { ...init, headers: { 'content-type': 'application/json', authorization: 'Bearer of.yester.day' } })
  })
  await form.getByLabel('Tags').fill('x')
  await form.getByText('This page was open too long and its access has expired. Reload the Bitrix24 page.').waitFor()
  t.equal(await form.locator('[data-link]').inputValue(), '', 'and there is no link')
})

await t.test('composer: shows above the link what the server says of no field', async t => {
  const service = await start(t)
  const { form, frame, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  await written()
  const answers: Array<[answer: object, text: string]> = [
    [{ error: 'B24_ERR_OPTIONS_MISMATCH', fields: [{ parameter: 'customer', reason: 'required' }] },
      'customer: Please fill this in.'],
    [{
      error: 'B24_ERR_OPTIONS_MISMATCH',
      fields: [{ parameter: 'tags.0', reason: 'length' }, { parameter: 'tags.1', reason: 'length' }]
    }, ''],
    [
      { error: 'B24_ERR_LINK', message: 'params[tags] is empty, and would vanish', fields: [] },
      'The parameters of the link are damaged or do not fit this application. (params[tags] is empty, and would vanish)'
    ],
    [{ error: 'B24_ERR_LINK_WRITER' }, 'The parameters of the link are damaged or do not fit this application.'],
    [{ error: 'B24_ERR_OF_TOMORROW' }, 'The application is not responding. Try again in a minute.']
  ]
  let turn = 0
  for (const [answer, text] of answers) {
    await frame.evaluate(answer => {
      window.fetch = async () => {
        document.body.dataset['answered'] = String(Number(document.body.dataset['answered'] ?? 0) + 1)
        return Response.json(answer)
      }
    }, answer)
    await form.getByLabel('Tags').fill(`x${++turn}`)
    await frame.waitForFunction(turn => document.body.dataset['answered'] === turn, String(turn))
    await until(async () => (await form.locator('[data-error]').textContent()) === text)
    t.equal(await form.locator('[data-error]').isVisible(), text !== '', text)
  }
})

await t.test('composer: names the permission that a place lacks', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { form, written } = await compose(t, service, 'document')
  await form.getByLabel('Document').fill('42')
  await written()
  await form.getByRole('button', { name: 'Post to the feed' }).click()
  await form.getByText('Sent.').waitFor()
  await form.getByLabel('Task ID').fill('31')
  await form.getByRole('button', { name: 'Comment on the task' }).click()
  await form.getByText('Sent.').waitFor()
  await form.getByLabel('Starts at').fill('2026-12-24T18:00')
  await form.getByRole('button', { name: 'Add to my calendar' }).click()
  await form.getByText('Sent.').waitFor()
  await form.getByLabel('Task ID').fill('999')
  await form.getByRole('button', { name: 'Comment on the task' }).click()
  await form.getByText('Not sent: Bitrix24 refused it. (Insufficient permissions to add a comment.)', { exact: true })
    .waitFor()
  for (const path of ['/stream/', '/tasks/task/view/31/', '/calendar/']) {
    const { page } = await openWindow(t, browser, alpha.url + path)
    if (path === '/calendar/') await page.getByRole('link', { name: 'Document' }).first().click()
    await page.locator('main a[href*="docId%5D=42"]').first().click()
    t.match(await (await sliderOf(page, service)).locator('h1').textContent(), 'delivery-note-42', path)
  }
  alpha.scope = alpha.scope.filter(scope => scope !== 'im')
  const again = await compose(t, service, 'document')
  t.match(await again.form.locator('.send').textContent(), 'The application needs the permission im for this.')
  t.equal(await again.form.locator('[data-send="chat"]').count(), 0)
})

await t.test('composer: the form names choices, JSON and how long a link is good', async t => {
  const service = await start(t)
  const { form, frame, page, written, complaints } = await compose(t, service, 'trip')
  t.strictSame(await form.getByLabel('Means').locator('option').allTextContents(), ['', 'By train', 'bus'])
  t.strictSame(await form.locator('label:has([aria-hidden])')
    .allTextContents(), ['Means *'], 'a box that is not ticked is an answer, too')
  t.match(await form.locator('.field-block', { hasText: 'Stops' }).locator('.hint')
    .textContent(), 'As JSON, for example: [{"city":"…"}]')
  t.equal(await form.getByLabel('Clerk').count(), 0)
  await form.getByText('Valid for 1 hour.').waitFor()
  await form.getByLabel('Means').selectOption('By train')
  t.match(await written(), /means%5D=train.*paid%5D=false/)
  t.strictSame(await faults(frame), [])
  t.strictSame(complaints, [])
  await form.getByLabel('Stops').scrollIntoViewIfNeeded()
  await look(page, 'composer-trip-en-1280')
  const arabic = await compose(t, service, 'trip', { lang: 'ar', width: 320 })
  await arabic.form.getByText('مدة صلاحيته: ساعة.').waitFor()
  t.strictSame(await faults(arabic.frame), [])
  await arabic.form.getByLabel('Stops').scrollIntoViewIfNeeded()
  await look(arabic.page, 'composer-trip-ar-320')
})

await t.test('composer: lists the visits of a link, person by person', async t => {
  const service = await start(t)
  const { alpha } = service.sandbox.portals
  const { path } = service.fastify.links.write('trip', {
    means: 'train', paid: true, tags: ['quiet', 'by day'], stops: [{ city: 'Köln' }]
  }, {
    portal: { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }
  })
  const { params = {} } = parseSliderLink(path)
  for (const user of [alpha.users.admin, alpha.users.employee]) {
    await service.call(alpha.placementCall('REST_APP_URI', { params, user }))
  }
  for (const [lang, width] of [['en', 1280], ['en', 320], ['ar', 320], ['ar', 1280]] as const) {
    const { page, complaints } =
      await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=${lang}`, width)
    const home = await frameOf(page, service)
    const row = home.locator('section', { has: home.locator('#visits') }).locator('tbody tr')
    await row.getByText('Emil Novak').waitFor()
    t.strictSame(await row.locator('li').allTextContents(), ['Anna Berger × 1', 'Emil Novak × 1'])
    t.strictSame(await row.locator('dl > div').evaluateAll(facts =>
      facts.map(fact => [...fact.children].map(({ textContent }) => textContent)).slice(0, -1)), [
      ['Means', 'By train'], ['Paid', 'true'], ['Tags', 'quiet', 'by day'], ['Stops 1 · City', 'Köln']
    ])
    t.equal(await row.locator('time').count(), 2)
    t.strictSame(await faults(home), [], `${lang} at ${width}`)
    await row.scrollIntoViewIfNeeded()
    await look(page, `visits-${lang}-${width}`)
    t.strictSame(complaints, [], `${lang} at ${width}`)
  }
})

await t.test('composer: no two elements have the same id', async t => {
  const service = await start(t, declareClash)
  const { page, context, form, frame, written } = await compose(t, service, 'clash')
  const ids = await frame.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id))
  t.strictSame(ids.filter((id, at) => ids.indexOf(id) !== at), [])
  const dangling = await frame.evaluate(() => [...document.querySelectorAll('[aria-describedby]')]
    .flatMap(field => field.getAttribute('aria-describedby')?.split(' ') ?? []).filter(id =>
      document.getElementById(id) === null))
  t.strictSame(dangling, [], 'what describes a field is there')
  await form.getByLabel('Its link').fill('a')
  await form.getByLabel('Its text').fill('b')
  const link = await written()
  await form.getByRole('button', { name: 'Copy' }).click()
  await form.getByRole('button', { name: 'Copied' }).waitFor()
  await context.grantPermissions(['clipboard-read'])
  t.equal(await page.evaluate(() => navigator.clipboard.readText()), link)
})

await t.test('composer: names a forgotten field, on leaving it and on Enter', async t => {
  const service = await start(t, declareClash)
  const { page, form, frame } = await compose(t, service, 'clash')
  const unfinished = form.getByText('Fill in the fields marked * to get the link.')
  await unfinished.waitFor()
  const faultOf = (label: string) =>
    form.locator('.field-block', { has: frame.getByLabel(label) }).locator('[data-fault]')
  await form.getByLabel('Its text').fill('b')
  t.equal(await faultOf('Its link').isVisible(), false, 'nobody has been there yet')
  await page.keyboard.press('Enter')
  await faultOf('Its link').waitFor()
  t.equal(await faultOf('Its link').textContent(), 'Please fill this in.')
  t.match(await frame.evaluate(() => document.activeElement?.id), /link$/, 'the first fault has the focus')
  const described = await form.getByLabel('Its link').evaluate(field =>
    field.getAttribute('aria-describedby')?.split(' ').map(id => document.getElementById(id)?.textContent))
  t.strictSame(described, ['Please fill this in.'])
  t.not(await form.getByLabel('Its link').evaluate(field => getComputedStyle(field).borderColor),
    await form.getByLabel('Its text').evaluate(field => getComputedStyle(field).borderColor))
  t.strictSame(await faults(frame), [])
  await look(page, 'composer-forgotten')
  await form.getByLabel('Its link').fill('a')
  await frame.waitForFunction(() =>
    document.querySelector<HTMLInputElement>('form[data-screen="clash"] [data-link]')?.value !== '')
  t.equal(await unfinished.isVisible(), false)
  t.equal(await faultOf('Its link').isVisible(), false)
  await form.getByLabel('Its text').fill('')
  await form.getByLabel('Its chat').focus()
  await faultOf('Its text').waitFor()
  for (const [label, value, text] of [['Its chat', '9', 'The number has to be from 2 to 5.'],
    ['Its task', '10', 'The number has to be 9 or less.'], ['Its task', '1.5', 'This value is not valid.']] as const) {
    await form.getByLabel(label).fill(value)
    await until(async () => await faultOf(label).textContent() === text)
  }
  t.strictSame(await form.getByLabel('Its chat').evaluate(field => field.getAttribute('aria-describedby')?.split(' ')
    .map(id => document.getElementById(id)?.textContent)), ['Of the game', 'The number has to be from 2 to 5.'])
})

await t.test('composer: the click that leaves a forgotten field ticks the box', async t => {
  const service = await start(t, declareClash)
  const { form, frame } = await compose(t, service, 'clash')
  // The frame grows with the form, and what grows moves.
  await frame.waitForFunction(() => innerHeight >= document.documentElement.scrollHeight)
  await form.getByLabel('Its link').focus()
  await form.getByLabel('Its calendar').click()
  t.equal(await form.getByLabel('Its calendar').isChecked(), true)
  await form.getByText('Please fill this in.').waitFor()
})

await t.test('composer: a button keeps its place and the focus, and sends once', async t => {
  const service = await start(t)
  const { page, form, frame, written } = await compose(t, service, 'document')
  const button = form.getByRole('button', { name: 'Post to the feed' })
  t.equal(await button.isVisible(), true)
  t.equal(await button.isDisabled(), true)
  t.strictSame(await faults(frame), [])
  await look(page, 'composer-unfinished')
  await form.getByLabel('Document').fill('42')
  await written()
  // The portal answers when it is let.
  let answer = () => {}
  const asked: string[] = []
  const isAnswered = new Promise<void>(resolve => { answer = resolve })
  await page.route('**/rest/log.blogpost.add*', async route => {
    if (route.request().method() === 'POST') asked.push(route.request().url())
    await isAnswered
    await route.continue()
  })
  await button.focus()
  await page.keyboard.press('Enter')
  await form.getByText('Sending…').waitFor()
  await page.keyboard.press('Enter')
  t.equal(await button.getAttribute('aria-disabled'), 'true')
  t.equal(await button.isVisible(), true)
  t.strictSame(await faults(frame), [])
  await look(page, 'composer-sending')
  answer()
  await form.getByText('Sent.').waitFor()
  t.equal(await button.getAttribute('aria-disabled'), 'false')
  t.equal(await button.evaluate(element => element === document.activeElement), true, 'the focus stays')
  t.equal(asked.length, 1)
})

await t.test('composer: without a script there is no button that does nothing', async t => {
  const service = await start(t)
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled })
    t.after(() => context.close())
    const page = await context.newPage()
    await page.route(`${service.url}/page`, route => route.fulfill({
      contentType: 'text/html',
      body:
        '<!doctype html><link rel="stylesheet" href="/assets/page.css"><button class="button" disabled>Copy</button>'
    }))
    await page.goto(`${service.url}/page`)
    t.equal(await page.locator('button').isVisible(), javaScriptEnabled)
  }
})

await t.test('composer: why a link was not sent is said in the language of the page', async t => {
  const service = await start(t)
  const { page, form, frame, written } = await compose(t, service, 'document')
  await form.getByLabel('Document').fill('42')
  await written()
  const silent = 'Your Bitrix24 did not respond to the application. Try again in a minute.'
  const busy = 'Bitrix24 is busy right now. Wait a minute and try again.'
  const rows: Array<[status: number, body: object | string, text: string]> = [
    [200, '<!doctype html><h1>It works!</h1>', silent],
    [500, { error: 'INTERNAL_SERVER_ERROR', error_description: 'Internal server error' }, silent],
    [401, { error: 'OVERLOAD_LIMIT', error_description: 'REST API is blocked due to overload.' }, busy],
    [401, { error: 'PAYMENT_REQUIRED', error_description: 'Payment required' },
      'The subscription or trial period of the application has ended in this Bitrix24. ' +
      'Ask an administrator to renew the subscription.'],
    [403, { error: 'ACCESS_DENIED', error_description: 'Access denied!' },
      'You or the application do not have permission to post there.'],
    [400, { error: 'ERROR_CORE', error_description: 'The <b>feed</b> is closed.<br>' },
      'Bitrix24 refused it. (The feed is closed.)'],
    [400, { error: '', error_description: 'Not set' }, 'Bitrix24 refused it.'],
    [200, { error: '', error_description: 'Not set', time: {} }, 'Bitrix24 refused it.']
  ]
  for (const [status, body, text] of rows) {
    await page.unrouteAll()
    await page.route('**/rest/log.blogpost.add*', route => route.fulfill({
      status,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
      contentType: typeof body === 'string' ? 'text/html' : 'application/json',
      body: typeof body === 'string' ? body : JSON.stringify(body)
    }))
    await form.getByRole('button', { name: 'Post to the feed' }).click()
    await until(async () => !(await form.locator('[data-sent]').textContent())?.startsWith('Sending'))
    t.equal(await form.locator('[data-sent]').textContent(), `Not sent: ${text}`, `${status} ${JSON.stringify(body)}`)
  }
  // What the SDK tries again by itself for longer than a test wants to wait.
  const late: Array<[error: object, text: string]> = [
    [{ code: 'NETWORK_ERROR', status: 0, message: 'Network connection failed' }, silent],
    [{ code: 'QUERY_LIMIT_EXCEEDED', status: 503, message: 'Too many requests' }, busy],
    [{ code: 'OPERATION_TIME_LIMIT', status: 429, message: 'Method is blocked' }, busy],
    [{ message: 'This page is not inside Bitrix24' }, silent]
  ]
  for (const [error, text] of late) {
    await frame.evaluate(error => {
      Object.assign(window, { b24: async () => { throw Object.assign(new Error(), error) } })
    }, error)
    await form.getByRole('button', { name: 'Post to the feed' }).click()
    await until(async () => await form.locator('[data-sent]').textContent() === `Not sent: ${text}`)
    t.equal(await form.locator('[data-sent]').textContent(), `Not sent: ${text}`, JSON.stringify(error))
  }
})

await t.test('composer: no form is wider than a phone', async t => {
  const service = await start(t, declareClash)
  // A scroll bar that takes its own room leaves 305 of 320 pixels.
  for (const lang of ['en', 'de', 'ar']) {
    const { page, frame, form } = await compose(t, service, 'clash', { lang, width: 305 })
    // Folds of one name close each other.
    await frame.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) {
        fold.removeAttribute('name')
        fold.open = true
      }
    })
    await form.getByLabel('Its link').focus()
    await page.keyboard.press('Enter')
    await until(async () => await form.locator('[data-fault]:not([hidden])').count() === 2)
    t.strictSame(await faults(frame), [], lang)
    await look(page, `composer-all-${lang}-305`)
  }
})

await t.test('composer: a person is chosen in the dialog of the portal', async t => {
  const service = await start(t)
  const { page, form, written } = await compose(t, service, 'document')
  await form.getByLabel('Document').fill('42')
  await written()
  await form.getByRole('button', { name: 'Choose a person' }).click()
  await page.getByRole('dialog').getByText('Emil Novak').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await until(async () => await form.getByLabel('Chat or person').inputValue() === '2')
  t.pass('the chat with that person is the target')
})

await t.test('composer: works with the keyboard alone, in German and Arabic', async t => {
  const service = await start(t)
  for (const [lang, width] of [['de', 320], ['ar', 320], ['ar', 1280], ['en', 1920]] as const) {
    const { page, frame, form, written, complaints } = await compose(t, service, 'offer', { lang, width })
    await form.getByLabel('Number of the offer').focus()
    await page.keyboard.type('7')
    await written()
    await page.keyboard.press('Tab')
    await page.keyboard.press('t')
    t.match(await written(), 'tab%5D=terms')
    await form.getByLabel('Number of the offer').focus()
    await page.keyboard.press('Enter')
    t.strictSame(await faults(frame), [], `${lang} at ${width}`)
    t.equal(await frame.evaluate(() => document.documentElement.dir), lang === 'ar' ? 'rtl' : 'ltr')
    await look(page, `composer-${lang}-${width}`)
    t.strictSame(complaints, [], `${lang} at ${width}`)
  }
})

await browser.close()
