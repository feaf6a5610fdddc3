import type { Page } from 'playwright-core'
import { until } from '../until.ts'

/** Resolves when the page has connected to Vite, which tells a page of no edit that was made before. */
export const untilConnected = (page: Page, times = 1): Promise<void> => until(async () => {
  const said = await page.consoleMessages({ filter: 'all' })
  return said.filter(message => message.text() === '[vite] connected.').length >= times
})
