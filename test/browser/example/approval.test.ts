import t from 'tap'
import { browser, checked, click, start } from './scene.ts'
import { frameOf } from '../window.ts'

await t.test('screens: a request is approved with the keyboard, and the author told', async t => {
  const { service } = await start(t)
  const { content } = service.sandbox.portals.alpha
  const request = {
    subject: 'Twelve new chairs',
    text: 'For the meeting room.\nDelivery in two weeks.',
    authorId: 3,
    approverId: 1,
    taskId: 31
  }
  const asking = await click(t, service, 'approval', request, { lang: 'de', width: 320, user: 3 })
  await asking.frame.getByText('Es gibt noch keine Antwort').waitFor()
  t.equal(await asking.frame.getByRole('button').count(), 0)
  await checked(t, 'approval-waiting-de-320', asking.page, asking.frame)
  const stranger = await click(t, service, 'approval', request, { lang: 'de', width: 320, user: 2 })
  await checked(t, 'approval-refused-de-320', stranger.page, stranger.frame)
  const { page, frame, complaints } = await click(t, service, 'approval', request)
  await frame.getByText('Sofia Rossi').waitFor()
  await checked(t, 'approval-open-1280', page, frame)
  await frame.getByRole('button', { name: 'Approve' }).focus()
  await page.keyboard.press('Enter')
  await frame.locator('.badge-approved').waitFor()
  await frame.getByText('Anna Berger').waitFor()
  await checked(t, 'approval-approved-1280', page, frame)
  t.match(content.list('notification')
    .map(({ parent, text }) => [parent, text]), [['3', /Twelve new chairs.*approved/]])
  t.match(content.list('task-comment', '31').at(-1)?.text, /Twelve new chairs.*approved/)
  t.strictSame(complaints, [])
  await page.evaluate(() => history.back())
  const back = await frameOf(page, service)
  await back.getByText('Open this inside Bitrix24').waitFor()

  const later = await click(t, service, 'approval', request, { lang: 'de', width: 320 })
  await later.frame.locator('.badge-approved').waitFor()
  t.equal(await later.frame.getByRole('button').count(), 0)
  await checked(t, 'approval-answered-de-320', later.page, later.frame)
  service.sandbox.trouble.rest = 'down'
  const other = await click(t, service, 'approval', { subject: 'A lamp', authorId: 3, approverId: 1 }, { width: 320 })
  await other.frame.getByRole('button', { name: 'Decline' }).click()
  await other.frame.getByRole('button', { name: 'Try again' }).waitFor()
  await checked(t, 'approval-untold-320', other.page, other.frame)
})

await browser.close()
