import type { Frame, Page } from 'playwright-core'

/** One picture of the docs: what is done on a portal before it is taken. */
export interface Scene {
  /** Of the file in .github, without its ending. */
  name: string
  width: number
  height: number
  /** Opens what is to be seen, and waits for all of it. */
  show: (page: Page, portal: string) => Promise<void>
}

/** The page of the application, once this text is in it. */
async function applicationWith (page: Page, text: string): Promise<Frame> {
  for (;;) {
    for (const frame of page.frames()) {
      if (await frame.getByText(text).first().isVisible().catch(() => false)) return frame
    }
    await page.waitForTimeout(50)
  }
}

/** Opens a link of the feed in a slider of this width, with the feed beside it. */
async function openLink (page: Page, address: string, link: string, text: string, width: number): Promise<void> {
  await page.goto(address)
  await page.click('#start-close')
  await page.locator(link).evaluate((anchor: HTMLAnchorElement, width) =>
    Reflect.get(window, 'portalSliders').open(anchor.href, { width }), width)
  await applicationWith(page, text)
}

const trouble = (page: Page, portal: string, authorizationServer: string) =>
  page.request.patch(`${portal}/sandbox/api/trouble`, { data: { authorizationServer } })

export const scenes: readonly Scene[] = [
  {
    name: 'feed',
    width: 1440,
    height: 780,
    show: (page, portal) => openLink(page, `${portal}/stream/`, '#link-note', 'Delivered in full', 860)
  },
  {
    name: 'german',
    width: 1000,
    height: 640,
    async show (page, portal) {
      await page.goto(`${portal}/stream/?lang=de`)
      const beta = await page.locator('.looks a', { hasText: 'Beta' }).getAttribute('href')
      const { origin } = new URL(String(beta))
      // Its application has to be installed first.
      await page.goto(origin)
      await page.waitForURL('**/stream/**')
      await openLink(page, `${origin}/stream/?lang=de`, '#link-approval', 'Sofia Rossi', 700)
    }
  },
  {
    name: 'composer',
    width: 1280,
    height: 1000,
    async show (page, portal) {
      await page.goto(`${portal}/marketplace/app/1/`)
      const frame = await applicationWith(page, 'Approval')
      // By keyboard: what lies below the mouse would look pointed at.
      const form = frame.locator('form[data-screen="approval"]')
      await form.getByLabel('Subject').fill('Twelve chairs for the meeting room')
      await form.getByRole('button', { name: 'Choose' }).first().press('Enter')
      await page.getByRole('dialog').getByLabel('Emil Novak').press('Space')
      await page.getByRole('dialog').getByRole('button', { name: 'Select' }).press('Enter')
      await form.locator('.send').waitFor()
      await page.evaluate(() => window.scrollTo(0, 0))
    }
  },
  {
    name: 'refused',
    width: 1000,
    height: 640,
    async show (page, portal) {
      await trouble(page, portal, 'down')
      await openLink(page, `${portal}/stream/`, '#link-note', 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', 700)
      await trouble(page, portal, 'none')
    }
  },
  {
    name: 'panel',
    width: 1440,
    height: 860,
    async show (page, portal) {
      await page.goto(`${portal}/sandbox/panel/`)
      const server = page.getByRole('group', { name: 'Authorization server' })
      await server.getByRole('switch', { name: 'Down' }).check()
      await page.getByRole('link', { name: 'Delivery note 42' }).click()
      await applicationWith(page, 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE')
      await server.getByText(/REST_APP_URI: 503 .* ms/).waitFor()
      await page.evaluate(() => window.scrollTo(0, 0))
      await trouble(page, portal, 'none')
    }
  }
]
