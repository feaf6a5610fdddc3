// Compiled by `npm run typecheck`, never run: what the compiler tells the author of a widget.
import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyPluginAsync, preHandlerAsyncHookHandler, preHandlerHookHandler } from 'fastify'
import '../../plugins/placement-dispatch/index.ts'
import { same } from './same.ts'

const Filter = Type.Object({
  docId: Type.Integer(),
  status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('closed')])),
  lines: Type.Array(Type.Object({ sku: Type.String() }))
})

export const declarations: FastifyPluginAsync = async (fastify) => {
  fastify.placement('REST_APP_URI', { schema: { options: Filter } }, async ({ placement }) => {
    same<typeof placement.options.docId, number>(true)
    same<typeof placement.options.status, 'open' | 'closed' | undefined>(true)
    same<typeof placement.options.lines, Array<{ sku: string }>>(true)
    // @ts-expect-error an option that the schema does not declare
    placement.options.docID.toString()
    // @ts-expect-error a number is no text
    placement.options.docId.toUpperCase()
    // @ts-expect-error not one of the declared values
    if (placement.options.status === 'new') return
    // @ts-expect-error an optional option may be missing
    placement.options.status.toUpperCase()
  })

  // What is proven has its types too, and is always there.
  fastify.placement(['CRM_LEAD_DETAIL_TAB', 'CRM_DYNAMIC_*_DETAIL_TAB'], {
    title: { en: 'Supplies' }, bindOptions: { height: 100 }
  }, async function ({ placement }) {
    same<typeof placement.code, string>(true)
    same<ReturnType<typeof placement.rest.call<{ NAME: string }>>, Promise<{ NAME: string }>>(true)
    same<typeof placement.user, { id: number }>(true)
    same<typeof placement.portal.scope, readonly string[]>(true)
    same<typeof placement.portal.origin, string>(true)
    same<typeof placement.uri, string | undefined>(true)
    same<typeof this, FastifyInstance>(true)
  })

  // Without a schema an option is of no known type.
  fastify.placement('CALL_CARD', {}, async ({ placement }) => {
    // @ts-expect-error nobody said that this is a text
    placement.options['PHONE_NUMBER'].toUpperCase()
  })

  // A handler alone is enough.
  fastify.placement('CRM_LEAD_LIST_MENU', async function ({ placement }) {
    same<typeof placement.user, { id: number }>(true)
    same<typeof this, FastifyInstance>(true)
    // @ts-expect-error nobody said that this is a text
    placement.options['ID'].toUpperCase()
  })

  // What runs before a handler knows as much as the handler.
  fastify.placement('TASK_VIEW_TAB', {
    schema: { options: Filter },
    preHandler: async ({ placement }) => {
      same<typeof placement.options.docId, number>(true)
      // @ts-expect-error an option that the schema does not declare
      placement.options.docID.toString()
    }
  }, async () => 'ok')
  // Hooks that know nothing of placements fit, too.
  const hook: preHandlerHookHandler = (_request, _reply, done) => { done() }
  const asyncHook: preHandlerAsyncHookHandler = async () => {}
  fastify.placement('TASK_LIST_CONTEXT_MENU', { preHandler: [hook, asyncHook] }, async () => 'ok')
  // @ts-expect-error a hook is a function
  fastify.placement('TASK_GROUP_LIST_CONTEXT_MENU', { preHandler: 'verify' }, async () => 'ok')

  fastify.placements.setNotFoundHandler(async ({ placement }) => {
    same<typeof placement.options, Record<string, unknown>>(true)
  })

  // @ts-expect-error a code is needed
  fastify.placement(undefined, {}, async () => 'ok')
  // @ts-expect-error options are an object
  fastify.placement('DEFAULT', { schema: { options: Type.String() } }, async () => 'ok')
  // @ts-expect-error a title is a text, or texts by language
  fastify.placement('DEFAULT', { title: 42 }, async () => 'ok')
  // @ts-expect-error no such property of a declaration
  fastify.placement('DEFAULT', { titel: 'Supplies' }, async () => 'ok')
  // @ts-expect-error a handler is asynchronous
  fastify.placement('DEFAULT', {}, () => 'ok')

  // Outside of a handler nothing says that the call is proven.
  fastify.addHook('onRequest', async ({ placement }) => {
    // @ts-expect-error null until it is
    placement.code.toString()
  })
}
