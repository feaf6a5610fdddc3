import { Type, type TObject, type TProperties, type TSchema } from '@sinclair/typebox'
import fc from 'fast-check'
import t from 'tap'
import { decodePlacementOptions } from '../../plugins/placement-options/decode.ts'
import { createLinkSigner } from '../../plugins/links/link-signature.ts'
import { createScreenLinks } from '../../plugins/links/screen-links.ts'
import { createScreen } from '../../plugins/links/screen.ts'
import { sandbox } from '../../sandbox/index.ts'

t.setTimeout(120_000)

/** A schema, and the values that it takes. */
interface Typed { schema: TSchema, values: fc.Arbitrary<unknown> }
interface TypedObject { schema: TObject, values: fc.Arbitrary<unknown> }

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter(
  string => string.isWellFormed() && !string.includes('\0')
)
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_ .é-]{0,8}$/).filter(
  key => !['screen', 'sig', 'exp', 'URI', 'constructor', 'prototype'].includes(key)
)
const plain: Typed[] = [
  { schema: Type.Integer(), values: fc.maxSafeInteger() },
  {
    schema: Type.Number(),
    values: fc.double({ noNaN: true, noDefaultInfinity: true }).filter(number => !Object.is(number, -0))
  },
  { schema: Type.Boolean(), values: fc.boolean() },
  { schema: Type.String(), values: text },
  {
    schema: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal(3)]),
    values: fc.constantFrom('open', 'closed', 3)
  },
  {
    schema: Type.String({ format: 'date' }),
    values: fc.date({
      min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true
    }).map(date => date.toISOString().slice(0, 10))
  },
  {
    schema: Type.String({ format: 'date-time' }),
    values: fc.date({
      min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true
    }).map(date => date.toISOString())
  }
]

/** An object of some properties, half of them optional. */
function objectOf (properties: Array<[name: string, typed: Typed]>): TypedObject {
  const schemas: TProperties = Object.fromEntries(properties.map(
    ([key, { schema }], index) => [key, index % 2 === 1 ? Type.Optional(schema) : schema]
  ))
  const requiredKeys = properties.map(([key]) => key).filter((_, index) => index % 2 === 0)
  return {
    schema: Type.Object<TProperties>(schemas),
    values: fc.record(Object.fromEntries(properties.map(([key, { values }]) => [key, values])), {
      noNullPrototype: true, requiredKeys
    })
  }
}
const { object } = fc.letrec<{ any: Typed, object: TypedObject }>(tie => ({
  any: fc.oneof({ depthSize: 'small' }, fc.constantFrom(...plain), tie('any').map(({ schema, values }) => ({
    schema: Type.Array(schema), values: fc.array(values, { minLength: 1, maxLength: 4 })
  })), tie('object')),
  object: fc.uniqueArray(fc.tuple(name, tie('any')), {
    selector: ([key]) => key, minLength: 1, maxLength: 4
  }).map(objectOf)
}))

await t.test('screen links: bring back what the schema allows as it was', async t => {
  const bitrix24 = await sandbox()
  t.after(() => bitrix24.close())
  const { alpha } = bitrix24.portals
  alpha.installed = true
  const bound = await fetch(`${alpha.url}/rest/placement.bind`, {
    method: 'POST',
    body: new URLSearchParams({
      PLACEMENT: 'REST_APP_URI',
      HANDLER: `${bitrix24.env.PUBLIC_URL}/placement`,
      auth: alpha.grant(alpha.users.admin).accessToken
    })
  })
  t.equal(bound.status, 200)
  const links = createScreenLinks({
    appCode: bitrix24.appCode, signer: createLinkSigner([Buffer.alloc(32)]), now: Date.now
  })
  const portal = { memberId: alpha.memberId, endpoint: `${alpha.url}/rest/` }

  /** PLACEMENT_OPTIONS in the form that the page of the portal sends. */
  const sentBy = async (path: string): Promise<string> => {
    const page = await (await fetch(`${alpha.url}${path}&IFRAME=Y`)).text()
    const value = /name="PLACEMENT_OPTIONS" value="([^"]*)"/.exec(page)?.[1] ?? ''
    const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
    return value.replace(/&(?:amp|lt|gt|quot|#39);/g, entity => entities[entity] ?? entity)
  }

  let written = 0
  const typed = object.chain(
    ({ schema, values }) =>
      fc.record({
        schema: fc.constant(schema), value: values as fc.Arbitrary<Record<string, unknown>>, signed: fc.boolean()
      })
  )
  await fc.assert(fc.asyncProperty(typed, async ({ schema, value, signed }) => {
    const declared = { source: 'any.ts', name: 'any', params: schema, title: 'Any' }
    const screen = createScreen({ ...declared, ...(signed && { signed: true }) })
    let path
    try {
      ({ path } = links.write(screen, value, { portal }))
    } catch (error) {
      // A link may be refused: it is too long, or something would vanish. It is never written wrong.
      return error instanceof Error && 'code' in error && error.code === 'B24_ERR_LINK'
    }
    written++
    const { params } = links.read(screen, decodePlacementOptions(await sentBy(path), '').options, alpha.memberId)
    t.strictSame(params, value)
    return true
  }), { numRuns: 150, endOnFailure: true })
  t.ok(written > 100, `${written} of 150 links were written`)
})
