import t from 'tap'
import { parseSliderLink } from '../../../src/http/slider-link.ts'
import { faults, frameOf, look, openWindow } from '../window.ts'
import { browser, start } from './scene.ts'

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
  for (const [lang, width] of [
    ['en', 1280], ['en', 320], ['ar', 320], ['ar', 1280], ['hi', 1280]
  ] as const) {
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
    if (width === 1280) {
      const wide = await home.locator('.visits thead th').evaluateAll(all =>
        all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent))
      t.strictSame(wide, [], `${lang}: no heading is wider than its column`)
    }
    const said = await row.locator('td').evaluateAll(cells =>
      cells.map(cell => getComputedStyle(cell, '::before').content))
    const labels = [/^"Visits per day \(\u20660–\d+\u2069\)"$/, '"Visits"', '"Opened by"']
    if (lang === 'en') t.match(said, width < 480 ? labels : ['none', 'none', 'none'], 'what each number is')
    t.strictSame(await faults(home), [], `${lang} at ${width}`)
    await row.scrollIntoViewIfNeeded()
    await look(page, `visits-${lang}-${width}`)
    t.strictSame(complaints, [], `${lang} at ${width}`)
  }
})

await browser.close()
