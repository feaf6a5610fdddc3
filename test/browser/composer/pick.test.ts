import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Locator } from 'playwright-core'
import t from 'tap'
import { until } from '../../until.ts'
import { faults, look } from '../window.ts'
import { browser, compose, sendButton, start } from './scene.ts'

const declareMeeting = (fastify: FastifyInstance) => fastify.screen('meeting', {
  title: { en: 'Meeting' },
  signed: { expiresIn: 3600 },
  schema: {
    params: Type.Object({
      hostId: Type.Integer({ title: 'Host', pick: 'user' }),
      guestIds: Type.Optional(Type.Array(Type.Integer(), { title: 'Guests', pick: 'user' })),
      dealId: Type.Optional(Type.Integer({ title: 'Deal', pick: 'deal' })),
      taskId: Type.Optional(Type.Integer({ title: 'Follow-up', pick: 'task' })),
      chatId: Type.Optional(Type.String({ title: 'Talk', pick: 'chat', default: 'chat2' })),
      ownerId: Type.Integer({ title: 'Owner', pick: 'user', default: 7 })
    })
  }
}, async (_request, reply) => reply.code(204).send())

await t.test('composer: what the portal has is picked by its name', async t => {
  const service = await start(t, declareMeeting)
  const { page, form, frame, written, complaints } = await compose(t, service, 'meeting')
  const dialog = page.getByRole('dialog')
  const pick = async (...names: string[]) => {
    for (const name of names) await dialog.getByText(name).first().click()
    await dialog.getByRole('button', { name: 'Select' }).click()
  }
  const valueOf = (label: string) => form.getByLabel(label, { exact: true })
  t.equal(await valueOf('Owner').inputValue(), 'ID 7')
  await valueOf('Host *').focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await form.getByRole('button', { name: 'Choose' }).first().dblclick()
  await pick('Emil Novak')
  await until(async () => await valueOf('Host *').inputValue() === 'Emil Novak')
  await valueOf('Guests').click()
  await pick('Anna Berger', 'Emil Novak')
  // The field takes the focus back.
  await until(async () => /Emil Novak/.test(await valueOf('Guests').inputValue()))
  await valueOf('Deal').focus()
  await page.keyboard.press('Space')
  await pick('EUR')
  await valueOf('Follow-up').selectOption('31')
  t.equal(await valueOf('Talk').inputValue(), 'chat2', 'the default is chosen')
  await form.locator('.send').waitFor()
  await until(async () => /taskId%5D=31/.test(await form.locator('[data-link]').inputValue()))
  const link = decodeURIComponent(await written())
  t.match(link, /hostId\]=2&params\[guestIds\]\[0\]=1&params\[guestIds\]\[1\]=2&params\[dealId\]=\d+&/)
  t.match(link, 'params[chatId]=chat2&params[ownerId]=7')
  t.equal(await form.getByLabel('Text of the link').inputValue(), 'Meeting: Emil Novak')
  t.strictSame(await faults(frame), [])
  await look(page, 'composer-picked')
  const guests = form.locator('.field-block', { has: frame.getByLabel('Guests', { exact: true }) })
  await guests.getByRole('button', { name: 'Remove' }).click()
  await until(async () => /hostId/.test(await form.locator('[data-link]').inputValue()))
  t.notMatch(await written(), 'guestIds')
  t.strictSame(complaints, [])
})

await t.test('composer: who is picked for a link is to receive it', async t => {
  const service = await start(t, declareMeeting)
  for (const [width, height] of [[1280, 800], [390, 844]] as const) {
    const { page, form } = await compose(t, service, 'meeting', { width })
    await page.setViewportSize({ width, height })
    const pick = async (button: Locator, name: string) => {
      await button.click()
      await page.getByRole('dialog').getByText(name).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const choose = form.getByRole('button', { name: 'Choose' })
    const person = form.locator('[data-channel="person"]')
    await pick(choose.first(), 'Emil Novak')
    await until(async () => await sendButton(form).isVisible())
    t.equal(await person.getByRole('textbox').inputValue(), 'Emil Novak')
    await until(async () => {
      const box = await sendButton(form).boundingBox()
      return box !== null && box.y >= 0 && box.y + box.height <= height
    })
    await sendButton(form).click()
    await form.getByText('Sent to: Emil Novak').waitFor()
    await pick(person.getByRole('button'), 'Sofia Rossi')
    await pick(choose.first(), 'Omar Haddad')
    await until(async () => await form.getByLabel('Text of the link').inputValue() === 'Meeting: Omar Haddad')
    t.equal(await person.getByRole('textbox').inputValue(), 'Sofia Rossi', 'what was chosen there stays')
  }
})

await t.test('composer: says so when the portal does not open its dialog, and opens it the next time', async t => {
  const service = await start(t, declareMeeting)
  const { page, form, frame } = await compose(t, service, 'meeting')
  const choose = form.getByRole('button', { name: 'Choose' }).first()
  const connect = await frame.evaluateHandle('window.service.frame')
  await frame.evaluate('window.service.frame = async () => { throw new Error("slow") }')
  await choose.click()
  await form.getByText('Your Bitrix24 did not respond to the application. Try again in a minute.').waitFor()
  await frame.evaluate(connect => { Reflect.set(Reflect.get(window, 'service'), 'frame', connect) }, connect)
  await choose.click()
  await page.getByRole('dialog').getByText('Emil Novak').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await form.getByText('Your Bitrix24 did not respond').waitFor({ state: 'detached' })
})

await t.test('composer: asks for a person, then sends a link made anew', async t => {
  const service = await start(t)
  const { page, form, frame, written } = await compose(t, service, 'offer')
  await form.getByLabel('Number of the offer').fill('7')
  await written()
  await sendButton(form).click()
  const person = form.locator('[data-channel="person"]')
  await person.getByText('Please fill this in.').waitFor()
  t.equal(await person.getByRole('textbox').getAttribute('aria-invalid'), 'true')
  t.strictSame(await faults(frame), [])
  await person.getByRole('button', { name: 'Choose' }).click()
  await page.getByRole('dialog').getByText('Emil Novak').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await until(async () => await person.getByText('Please fill this in.').isHidden())
  const [asked] = await Promise.all([page.waitForRequest('**/api/links'), sendButton(form).click()])
  t.equal(asked.method(), 'POST')
  await form.getByText('Sent to: Emil Novak').waitFor()
  await page.route('**/api/links', route => route.fulfill({ json: { error: 'B24_ERR_PAGE_SESSION' } }))
  await sendButton(form).click()
  await form.locator('[data-error]').waitFor()
  await page.unrouteAll()
})

await t.test('composer: what has no name in the portal is offered by its number', async t => {
  const service = await start(t, declareMeeting)
  const { alpha } = service.sandbox.portals
  alpha.users.employee.name = alpha.users.employee.lastName = ''
  const { id } = alpha.content.add({ kind: 'task', authorId: 1, title: '   ' })
  const { page, form, complaints } = await compose(t, service, 'meeting')
  const followUp = form.getByLabel('Follow-up')
  await followUp.focus()
  await until(async () => (await followUp.getByRole('option').allTextContents()).includes(`ID ${id}`))
  await form.getByRole('button', { name: 'Choose' }).first().click()
  await page.locator('dialog input[value="2"]').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  await until(async () => await form.getByLabel('Host *').inputValue() === 'ID 2')
  t.strictSame(complaints, [])
})

await t.test('composer: an id is typed where the portal gives no list', async t => {
  const service = await start(t, declareMeeting)
  service.sandbox.portals.alpha.scope = service.sandbox.portals.alpha.scope.filter(scope => scope !== 'task')
  const { page, form, written } = await compose(t, service, 'meeting')
  // The list is asked for when somebody comes to it, and what takes its place is focused then.
  await form.getByLabel('Follow-up').focus()
  await form.getByRole('textbox', { name: 'Follow-up' }).waitFor()
  await page.keyboard.type('31')
  await form.getByRole('button', { name: 'Choose' }).first().click()
  await page.getByRole('dialog').getByText('Emil Novak').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Select' }).click()
  t.match(await written(), 'taskId%5D=31')
})

await browser.close()
