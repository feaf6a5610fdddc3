import t from 'tap'
import { resultOf, sandboxFor } from '../helper.ts'
import { get, write } from './writing-scene.ts'

await t.test('content pages: each page shows what the portal was filled with', async t => {
  const { portals: { alpha, beta } } = await sandboxFor(t)
  const pages: Array<[path: string, text: RegExp]> = [
    ['/stream/', /id="link-simple".*/],
    ['/stream/', /id="link-nested" href="[^"]*params\[filter\]\[city\]=Berlin/],
    ['/stream/', /id="link-external"[^>]*target="_blank"/],
    ['/stream/', /id="link-app" href="\/marketplace\/app\/1\/"/],
    ['/messenger/?dialog=chat2', /The truck to Berlin/],
    ['/messenger/', /Logistics/],
    ['/tasks/', /\/tasks\/task\/view\/31\//],
    ['/tasks/task/view/31/', /The labels are printed/],
    ['/calendar/', /\/calendar\/event\/1\//],
    ['/calendar/event/1/', /The agenda/],
    ['/crm/deal/', /\/crm\/deal\/details\/8062\/[^]*In progress<\/bdi> · <bdi>€3,400.00</],
    ['/crm/deal/details/8061/', /€12,500.00<[^]*<dd>New</],
    ['/crm/deal/details/8061/?lang=de', /12.500,00\s€<[^]*<dd>Neu</],
    ['/crm/deal/details/8061/?lang=br', /€\s12.500,00</],
    ['/company/personal/user/3/', /Sofia Rossi/]
  ]
  for (const [path, text] of pages) t.match(await get(alpha, path), { status: 200, text }, path)
  t.match((await get(beta, '/tasks/task/view/31/')).text, /Hamburg/, 'the other portal has other texts')
  t.notMatch((await get(alpha, '/messenger/?dialog=2')).text, /The truck/)
})

await t.test('content pages: a deal of REST has the names of its pipeline', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const fields = { TITLE: 'Again', CATEGORY_ID: 1, STAGE_ID: 'C1:WON', OPPORTUNITY: 7, CURRENCY_ID: 'points' }
  for (const [given, text] of [[fields, /7 points<[^]*<dd>Deal won</], [{}, /<dd>New</]]) {
    const id = await resultOf(alpha, 'crm.deal.add', { fields: given })
    t.match(await get(alpha, `/crm/deal/details/${id}/`), { status: 200, text })
  }
  const { id } = alpha.content.add({ kind: 'deal', authorId: 1, fields: { STAGE_ID: 'OWN' } })
  t.match((await get(alpha, `/crm/deal/details/${id}/`)).text, /€0.00<[^]*<dd>OWN</, 'a stage that is gone')
})

await t.test('content pages: the addresses of a real portal lead to them', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const pages: Array<[path: string, text: RegExp]> = [
    ['/online/?IM_DIALOG=chat2', /The truck to Berlin/],
    ['/company/personal/user/1/blog/1/', /id="link-simple"/],
    ['/company/personal/user/1/calendar/?EVENT_ID=1', /\/calendar\/event\/1\//],
    ['/company/personal/user/1/tasks/task/view/31/', /The labels are printed/]
  ]
  for (const [path, text] of pages) t.match(await (await fetch(alpha.url + path)).text(), text, path)
})

await t.test('content pages: the administrator stands in for an author who is gone', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  alpha.content.add({ kind: 'task', authorId: 99, title: 'Old' })
  t.match((await get(alpha, '/tasks/')).text, /Task 32, Anna/)
})

await t.test('content pages: an address without a page has a page that says so', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  for (const path of ['/tasks/task/view/99/', '/crm/deal/details/x/', '/company/personal/user/9/', '/nowhere/',
    '/messenger/?dialog=nonsense', '/messenger/?dialog=9', '/messenger/?dialog=2.0']) {
    t.match(await get(alpha, path), { status: 404, text: /<h1 id="pagetitle">Not found/ }, path)
  }
})

await t.test('content pages: a private dialog is the same for both of its people', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await write(alpha, '/messenger/?dialog=3&user=2', { text: 'Between us' })
  await resultOf(alpha, 'im.message.add', { DIALOG_ID: 2, MESSAGE: 'Me too' }, alpha.users.designer)
  for (const path of ['dialog=3&user=2', 'dialog=2&user=3']) {
    t.match((await get(alpha, `/messenger/?${path}`)).text, /Between us[^]*Me too/, path)
  }
  t.match((await get(alpha, '/messenger/?user=3')).text, /dialog=2&amp;lang=en&amp;user=3">Emil Novak/)
  for (const path of ['user=1', 'dialog=3&user=1', 'dialog=2&user=1']) {
    t.notMatch((await get(alpha, `/messenger/?${path}`)).text, /Between us|Me too/, path)
  }
  t.notMatch((await get(alpha, '/messenger/?user=1')).text, /dialog=[23]&/)
})

await t.test('content pages: in an open channel, links to applications are text', async t => {
  const { portals: { alpha }, appCode } = await sandboxFor(t)
  const path = '/messenger/?dialog=imol%7C1'
  const { text } = await get(alpha, `${path}&user=3`)
  t.match(text, /A customer reads this in another messenger/)
  t.match(text, /<a href="https:\/\/example.com\/tracking"/)
  t.match(text.replaceAll('<wbr>', ''), `The papers: <span>/marketplace/view/${appCode}/`)
  t.notMatch(text, /<a[^>]*href="\/marketplace\/view/)
  await write(alpha, `${path}&user=2`, { text: '[B]At ten[/B]' })
  t.match((await get(alpha, `${path}&user=1`)).text, /<b>At ten<\/b>/)
  t.match((await get(alpha, '/messenger/')).text, /dialog=imol%7C1[^>]*>Open channel 1</)
  t.match(await get(alpha, '/messenger/?dialog=imol'), { status: 404 })
})

await t.test('content pages: show posts and notifications of the application', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  await resultOf(alpha, 'log.blogpost.add', { POST_TITLE: 'Rain <today>', POST_MESSAGE: 'Take [B]coats[/B]' })
  await resultOf(alpha, 'im.notify.personal.add', { USER_ID: 2, MESSAGE: 'Rain at four' })
  t.match((await get(alpha, '/stream/')).text, /<h2>Rain &lt;today&gt;<\/h2>/)
  t.match((await get(alpha, '/messenger/?user=2')).text, /Notifications for Emil[^]*Rain at four/)
  t.notMatch((await get(alpha, '/messenger/?user=3')).text, /Notifications for/)
})

await t.test('content pages: an event of the application has its time and place', async t => {
  const { portals: { alpha } } = await sandboxFor(t)
  const event = {
    type: 'user',
    ownerId: 2,
    name: 'By REST',
    from: '2026-12-01T10:00:00+00:00',
    to: '2026-12-01T11:00:00+00:00',
    location: 'Graz'
  }
  await resultOf(alpha, 'calendar.event.add', event)
  t.match((await get(alpha, '/calendar/')).text,
    /By REST<\/a> <span class="when">2026-12-01 10:00 to 11:00, by Anna Berger/)
  alpha.content.add({ kind: 'event', authorId: 1, title: 'Some time' })
  const begin = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const times = { from: `${begin(-50)}T10:00:00Z`, to: `${begin(-50)}T11:00:00Z` }
  const series = { ...event, ...times, name: 'Weekly', rrule: { FREQ: 'DAILY', INTERVAL: 7, COUNT: 5 } }
  await resultOf(alpha, 'calendar.event.add', series)
  const { text } = await get(alpha, '/calendar/')
  for (const days of [-29, -22]) t.match(text, new RegExp(`Weekly</a>\\s+<span class="when">${begin(days)}`))
  t.equal(text.split('Weekly').length, 3, 'a series is listed by its days of the months around')
  t.match((await get(alpha, '/calendar/event/3/')).text, /no time given/)
  t.match((await get(alpha, '/calendar/event/2/')).text,
    /2026-12-01 10:00 to 11:00, by Anna Berger[^]*Place: Graz/)
})

await t.test('content pages: the top bar leads elsewhere for the same viewer', async t => {
  const { portals: { alpha, beta } } = await sandboxFor(t)
  const { text } = await get(alpha, '/messenger/?dialog=chat2&lang=de&user=2&generation=A')
  for (const host of [beta.domain, alpha.domain, alpha.cloudDomain]) {
    t.ok(text.includes(`href="http://${host}/messenger/?dialog=chat2&amp;lang=de&amp;user=2&amp;generation=A"`), host)
  }
  t.match(text, /<input type="hidden" name="dialog" value="chat2">/)
  const { text: nested } = await get(alpha, '/placements/?params[a][]=1&params[a][]=2&lang=de')
  const hidden = [1, 2].map(value => `<input type="hidden" name="params[a][]" value="${value}">`).join('')
  t.match(nested.replaceAll('> <', '><'), `<form class="viewer" method="get">${hidden}<label `)
})

await t.test('content pages: no other site may lay the pages under its own', async t => {
  const { url } = await sandboxFor(t)
  for (const path of ['/stream/', '/sandbox/panel/']) {
    t.equal((await fetch(url + path)).headers.get('content-security-policy'), "frame-ancestors 'self'", path)
  }
})

await t.test('content pages: whoever has no access gets no call', async t => {
  const { portals: { alpha }, trouble, appCode } = await sandboxFor(t)
  await resultOf(alpha, 'placement.bind', { PLACEMENT: 'REST_APP_URI', HANDLER: 'http://127.0.0.1:9/placement' })
  alpha.installed = true
  trouble.access = 'denied'
  const path = `/marketplace/view/${appCode}/?IFRAME=Y&user=`
  t.match(await get(alpha, `${path}2`), { status: 403, text: /no access/ })
  t.match(await get(alpha, `${path}1`), { status: 200 })
})
