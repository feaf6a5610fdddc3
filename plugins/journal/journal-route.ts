import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { AdminOnlyError, storeUnavailable } from '../../src/errors.ts'
import { useFastifysOwnFor } from '../../src/http/fastifys-own.ts'
import { errorResponses } from '../../src/schemas/error.ts'
import type { createJournal } from './journal.ts'
import { pageOf } from './page-of-entries.ts'

const Milliseconds = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 1e15, description: `${description}, in milliseconds since 1970` })
// Digits, as a number in an address may also be Infinity: 1e400.
const Moment = (description: string) => Type.Optional(Type.String({
  pattern: '^\\d{1,15}$', description: `${description}, in milliseconds since 1970`
}))
// PostgreSQL takes no NUL in a text.
const Text = (description: string) =>
  Type.Optional(Type.String({ maxLength: 100, pattern: '^[^\\0]*$', description }))

const SearchSchema = Type.Object({
  method: Text('A method of the REST interface, also within batches; or the name of an event'),
  requestId: Text('Of the request that a call was made for'),
  from: Moment('Not before'),
  until: Moment('Before'),
  after: Type.Optional(Type.String({
    pattern: '^\\d{1,16}-\\d{1,16}$', description: 'Where the next page begins: `next` of the page before'
  }))
})

const EntrySchema = Type.Object({
  at: Milliseconds('When it began'),
  kind: Type.String({ description: 'rest or event' }),
  method: Type.String(),
  methods: Type.Array(Type.String(), { description: 'What a batch calls' }),
  params: Type.String({ description: 'Names of the parameters; their values are not kept' }),
  userId: Type.Integer({ description: 'Whose token was used; 0: none was needed' }),
  requestId: Type.String(),
  status: Type.Integer({ description: 'HTTP status; 0: no answer' }),
  code: Type.String({ description: 'Why it was refused; empty: it was not' }),
  sent: Type.Integer({ description: 'Bytes' }),
  received: Type.Integer({ description: 'Bytes' }),
  ms: Type.Integer({ description: 'Milliseconds that it took' })
})

const toNumber = (digits: string | undefined) => digits === undefined ? undefined : Number(digits)

/** The journal of the portal of the page that asks, for its administrators. */
const journalRoute: FastifyPluginAsyncTypebox<{ journal: ReturnType<typeof createJournal> }> =
  async (fastify, { journal }) => {
    useFastifysOwnFor(fastify)
    fastify.get('/api/journal', {
      // Authenticate before validating.
      onRequest: async (request) => { await fastify.verifyPageSession(request) },
      schema: {
        tags: ['journal'],
        summary: 'REST calls and events of the portal, the newest first. For administrators',
        security: [{ session: [] }],
        querystring: SearchSchema,
        response: {
          200: Type.Object({
            entries: Type.Array(EntrySchema),
            next: Type.Optional(Type.String({ description: 'There is more: pass it as `after`' }))
          }, { description: 'A page of the journal' }),
          ...errorResponses(400, 401, 403, 429, 503)
        }
      }
    }, async ({ pageSession, query: { after, from, until, ...search } }) => {
      const { memberId, isAdmin } = pageSession as NonNullable<typeof pageSession> // set by the hook
      if (!isAdmin) throw new AdminOnlyError()
      const [at, id] = after?.split('-').map(Number) ?? []
      const position = at === undefined || id === undefined ? undefined : { at, id }
      const times = { from: toNumber(from), until: toNumber(until) }
      return await pageOf(journal, { ...search, ...times, memberId, after: position }).catch(storeUnavailable)
    })
  }
export default journalRoute
