import { flushPromises, mount } from '@vue/test-utils'
import { bootstrap, mockFrame, type MockOptions } from 'fastify-bitrix24/client'
import { afterEach, expect, test } from 'vitest'
import DealTab from '../../application/frontend/deal-tab/DealTab.vue'
import type { DealTab as Data } from '../../application/placements/CRM_DEAL_DETAIL_TAB.ts'

const data: Data = { deal: { id: 8061, title: 'Furniture', amount: 12500, currency: 'EUR' } }
const comment = { id: 1, text: 'Call them', author: 'Anna Berger', createdAt: '2026-11-26T10:00:00+01:00' }

/** Opens the page alone: `api` answers for the service. */
function open (api: MockOptions<Data>['api'], lang = 'en') {
  bootstrap({ mock: mockFrame({ data, lang, locale: lang, api }) })
  return mount(DealTab, { attachTo: document.body })
}

let tab: ReturnType<typeof open>
afterEach(() => { tab.unmount() })

test('deal tab: lists the comments in the language of the user', async () => {
  tab = open(async () => [comment], 'de')
  expect(tab.text()).toContain('Die Kommentare werden geladen')
  await flushPromises()
  expect(tab.get('h1').text()).toBe('Furniture')
  expect(tab.get('li').text()).toMatch(/Call them.*Anna Berger.*2026/s)
})

test('deal tab: says that there are no comments', async () => {
  tab = open(async () => [])
  await flushPromises()
  expect(tab.text()).toContain('Nobody has commented on this deal yet.')
})

test('deal tab: saves what was written, and reads the comments again', async () => {
  const sent: unknown[] = []
  tab = open(async (path, { body }) => {
    if (body === undefined) return sent.length > 0 ? [comment] : []
    sent.push([path, body])
    return { id: 1 }
  })
  await tab.get('textarea').setValue('Call them')
  await tab.get('form').trigger('submit')
  await flushPromises()
  expect(sent).toEqual([['/api/deals/8061/comments', { text: 'Call them' }]])
  expect(tab.text()).toContain('Saved in the timeline.')
  expect(tab.get('li').text()).toContain('Call them')
  await tab.get('textarea').setValue('And')
  expect(tab.get('[role="status"]').text()).toBe('')
})

test('deal tab: says what failed, and keeps what was written', async () => {
  tab = open(async () => { throw new Error('The service does not answer') })
  await flushPromises()
  expect(tab.text()).toContain('The comments could not be loaded.')
  await tab.get('textarea').setValue('Call them')
  await tab.get('form').trigger('submit')
  await flushPromises()
  expect(tab.text()).toContain('The comment was not saved.')
  expect(tab.get('textarea').element.value).toBe('Call them')
})
