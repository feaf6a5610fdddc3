import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { Frame, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { openBrowser } from '../chromium.ts'
import { type Service, startService } from '../../service.ts'
import { frameOf, openWindow } from '../window.ts'

export const browser = await openBrowser()

/** A service with signed screens of its own. */
export async function start (t: Test, declare: (fastify: FastifyInstance) => void = () => {}): Promise<Service> {
  const service = await startService(t, {
    prepare: fastify => {
      declare(fastify)
      fastify.screen('delivery', {
        title: { en: 'Delivery note', de: 'Lieferschein' },
        signed: true,
        schema: { params: Type.Object({ docId: Type.String({ title: 'Delivery note', minLength: 1 }) }) }
      }, async ({ screen }, reply) => reply.page('link', {
        params: [],
        code: `delivery-note-${screen.params.docId}`,
        user: { id: 1 },
        portal: { domain: '' },
        uri: undefined,
        language: ''
      }))
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
export function declareClash (fastify: FastifyInstance): void {
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

/** The composer of one screen, opened, on the application's home. */
export async function compose (t: Test, service: Service, screen: string, { lang = 'en', width = 1280 } = {}) {
  const window = await openWindow(t, browser, `${service.sandbox.url}/marketplace/app/1/?lang=${lang}`, width)
  const frame = await frameOf(window.page, service)
  const form = frame.locator(`form[data-screen="${screen}"]`)
  const fold = frame.locator('details', { has: form })
  if (await fold.getAttribute('open') === null) await fold.locator('summary').click()
  const link = form.locator('[data-link]')
  /** The link, once it is finished. */
  const written = async (): Promise<string> => {
    await frame.waitForFunction(screen =>
      document.querySelector<HTMLInputElement>(`form[data-screen="${screen}"] [data-link]`)?.value !== '', screen)
    return await link.inputValue()
  }
  return { ...window, frame, form, written }
}

/** Chooses the place that a link is sent to. */
export const choosePlace = async (form: Locator, name: string) => await form.getByRole('radio', { name }).check()

/** The button that sends the link. */
export const sendButton = (form: Locator) => form.getByRole('button', { name: 'Send', exact: true })

/** The page of the application in the slider. */
export async function sliderOf (page: Page, service: Service): Promise<Frame> {
  await page.locator('.slider').waitFor()
  return await frameOf(page, service)
}
