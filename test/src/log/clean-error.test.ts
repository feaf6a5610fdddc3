import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { cleanError } from '../../../src/log/clean-error.ts'
import { errorFields } from '../../../src/log/fields.ts'

/** A call with these placement options. */
const callWith = (options: object) =>
  ({ body: {}, query: {}, headers: {}, placement: { options, uri: undefined }, screen: null }) as FastifyRequest

// As in an error of node:tls, whose words are those of the portal's certificate
const names = Array.from({ length: 2000 }, (_, index) => `DNS:n${index}.portal.example`).join(', ')
const long = new Error(`the host is not in the cert's altnames: ${names}`)

await t.test('errors: of a long text the log has the beginning and the end', async t => {
  const outer = new AggregateError([long], 'failed', { cause: long })
  for (const error of [cleanError(outer, callWith({ id: 'n1999.portal.example' })), outer]) {
    const { message, stack, cause, errors } = errorFields(error)
    t.equal(message, 'failed')
    t.match(stack, /^AggregateError: failed\n +at /)
    for (const text of [cause, ...errors as string[]]) {
      t.match(text, /^Error: the host is not in the cert's altnames: DNS:n0\.portal\.example, .*[^n] \[…\] DNS:n\d+\.p/)
      t.ok(String(text).length < 4100)
    }
    t.ok(String(errorFields(long)['stack']).length < 4100)
  }
  const { cause } = cleanError(outer, callWith({ id: 'n1999.portal.example' }))
  t.match(cause, { message: /, DNS:n1998\.portal\.example, DNS:\[redacted\]$/ })
})

await t.test('errors: a text is left out that is too long to look for all that a call carried', async t => {
  const values = Array.from({ length: 9000 }, (_, index) => [`name${index}`, `v${10_000 + index}-value`])
  const options = Object.fromEntries(values)
  const { message, cause } = cleanError(new Error('v18999-value is wrong', { cause: long }), callWith(options))
  t.equal(message, '[redacted] is wrong')
  t.match(cause, { message: '[more]', stack: '[more]' })
})
