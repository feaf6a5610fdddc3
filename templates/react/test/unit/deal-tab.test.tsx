import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { bootstrap, mockFrame, type MockOptions } from 'fastify-bitrix24/client'
import { afterEach, expect, test } from 'vitest'
import { DealTab } from '../../application/frontend/deal-tab/DealTab.tsx'
import type { DealTab as Data } from '../../application/placements/CRM_DEAL_DETAIL_TAB.ts'

const data: Data = { deal: { id: 8061, title: 'Furniture', amount: 12500, currency: 'EUR' } }
const comment = { id: 1, text: 'Call them', author: 'Anna Berger', createdAt: '2026-11-26T10:00:00+01:00' }

/** Opens the page alone: `api` answers for the service. */
function open (api: MockOptions<Data>['api'], lang = 'en') {
  bootstrap({ mock: mockFrame({ data, lang, locale: lang, api }) })
  render(<DealTab />)
}

function write (text: string) {
  fireEvent.change(screen.getByRole('textbox'), { target: { value: text } })
  fireEvent.click(screen.getByRole('button', { name: 'Save comment' }))
}

afterEach(cleanup)

test('deal tab: lists the comments in the language of the user', async () => {
  open(async () => [comment], 'de')
  expect(screen.getByText(/Die Kommentare werden geladen/)).toBeDefined()
  expect((await screen.findByRole('listitem')).textContent).toMatch(/Call them.*Anna Berger.*2026/s)
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Furniture')
})

test('deal tab: says that there are no comments', async () => {
  open(async () => [])
  await screen.findByText('Nobody has commented on this deal yet.')
})

test('deal tab: saves what was written, and reads the comments again', async () => {
  const sent: unknown[] = []
  open(async (path, { body }) => {
    if (body === undefined) return sent.length > 0 ? [comment] : []
    sent.push([path, body])
    return { id: 1 }
  })
  write('Call them')
  await screen.findByText('Saved in the timeline.')
  expect(sent).toEqual([['/api/deals/8061/comments', { text: 'Call them' }]])
  expect((await screen.findByRole('listitem')).textContent).toContain('Call them')
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'And' } })
  expect(screen.getByRole('status').textContent).toBe('')
})

test('deal tab: says what failed, and keeps what was written', async () => {
  open(async () => { throw new Error('The service does not answer') })
  await screen.findByText('The comments could not be loaded.')
  write('Call them')
  await screen.findByText('The comment was not saved.')
  expect((screen.getByRole('textbox') as HTMLTextAreaElement).value).toBe('Call them')
})
