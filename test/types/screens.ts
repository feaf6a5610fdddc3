// Compiled by `npm run typecheck`, never run: what the compiler tells the author of a screen and of a link to it.
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import '../../plugins/links/index.ts'
import type { ScreenLink } from '../../plugins/links/screen-links.ts'
import { same } from './same.ts'

const params = Type.Object({
  partId: Type.Integer(), tab: Type.Optional(Type.Union([Type.Literal('main'), Type.Literal('history')]))
})
declare module 'fastify' {
  interface ScreenParams { part: Static<typeof params> }
}
const portal = { memberId: 'm1', endpoint: 'https://portal.example/rest/' }

export const screens: FastifyPluginAsync = async (fastify) => {
  fastify.screen('part', {
    schema: { params }, title: { en: 'Part' }, signed: { expiresIn: 3600 }
  }, async ({ screen, placement }) => {
    same<typeof screen.params.partId, number>(true)
    same<typeof screen.params.tab, 'main' | 'history' | undefined>(true)
    same<typeof screen.writtenBy, number | undefined>(true)
    same<typeof placement.user, { id: number }>(true)
    // @ts-expect-error a parameter that the schema does not declare
    screen.params.partID.toString()
  })
  // @ts-expect-error a title is needed
  fastify.screen('part', { params }, async () => 'ok')
  // @ts-expect-error signed is true or says how long
  fastify.screen('part', { schema: { params }, title: 'Part', signed: false }, async () => 'ok')
  // @ts-expect-error parameters are an object
  fastify.screen('part', { schema: { params: Type.String() }, title: 'Part' }, async () => 'ok')

  same<ReturnType<typeof fastify.links.to>, ScreenLink>(true)
  fastify.links.to('part', { partId: 42 }, { portal })
  fastify.links.to('part', { partId: 42, tab: 'main' }, { portal })
  fastify.links.to('part', { partId: 42 }, { portal, by: 7 })
  // @ts-expect-error no such screen
  fastify.links.to('parts', { partId: 42 }, { portal })
  // @ts-expect-error a number is no text
  fastify.links.to('part', { partId: '42' }, { portal })
  // @ts-expect-error a parameter is missing
  fastify.links.to('part', {}, { portal })
  // @ts-expect-error not one of the declared values
  fastify.links.to('part', { partId: 42, tab: 'none' }, { portal })
  // @ts-expect-error a link is for one portal
  fastify.links.to('part', { partId: 42 })

  // Outside of a screen nothing says that one was opened.
  fastify.addHook('onRequest', async ({ screen }) => {
    // @ts-expect-error null until it is
    screen.name.toString()
  })
}
