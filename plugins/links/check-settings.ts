import { KindGuard, type TObject } from '@sinclair/typebox'
import { ScreenError } from '../../src/errors.ts'
import { arePreHandlers } from '../../src/http/pre-handlers.ts'
import { isObjectSchema } from '../../src/schemas/options-schema.ts'
import { isTexts } from '../../src/schemas/placement.ts'
import { pickOf, picks } from './form-fields.ts'
import type { ScreenSettings } from './screens.ts'

/** What a screen is declared with, once it is checked, as plain JavaScript may pass anything. @throws ScreenError */
export function checked<T extends TObject> (
  name: string, source: string, settings: ScreenSettings<T>, handler: unknown
): ScreenSettings<T> {
  const must = (isMet: boolean, what: string) => { if (!isMet) throw new ScreenError(name, source, what) }
  const {
    schema, title, description, preHandler, signed = true, composer = true, isDefault = false, ...others
  }: Partial<typeof settings> = Object(settings)
  must(isObjectSchema(schema?.params), 'needs the setting schema: { params: Type.Object({ … }) }')
  must(isTexts(title), 'needs a title: a text, or texts by languages such as de')
  must(description === undefined || isTexts(description), 'has a description that is no text')
  const { expiresIn }: Exclude<typeof signed, true> = Object(signed)
  // A text would be appended to the time instead of added, and an end in fractions or beyond all numbers is no time.
  const isTime = Number.isSafeInteger(expiresIn) && expiresIn > 0
  must(signed === true || isTime, 'must be signed: true, or { expiresIn: whole seconds }')
  must(arePreHandlers(preHandler), 'has a preHandler that is no function')
  must(typeof composer === 'boolean', 'must have composer: false, or none')
  must(typeof isDefault === 'boolean', 'must have isDefault: true, or none')
  const [unknown] = Object.keys(others)
  must(unknown === undefined, `has no setting "${unknown}"`) // without "signed" any link would open it
  must(typeof handler === 'function', 'needs a handler, a function, as the last argument')
  const fault = faultOf(schema?.params, 'params', true)
  must(fault === undefined, String(fault))
  return settings
}

const picked = `one of ${picks.join(', ')}, for a number, a text or, but for chat and task, a list of those`

/** What is wrong with what a schema says to the composer, which would ignore it and let people write too much. */
function faultOf (part: unknown, name: string, isField: boolean): string | undefined {
  if (typeof part !== 'object') return undefined
  const isSchema = KindGuard.IsSchema(part)
  if (isSchema) {
    const { pick, composer = true, title = '', description = '' }: Record<string, unknown> = part
    if (pick !== undefined && !(isField && pickOf(part))) return `has a "${name}" whose pick is not ${picked}`
    if (typeof composer !== 'boolean') return `has a "${name}" whose composer is not false`
    const areTexts = typeof title === 'string' && typeof description === 'string'
    if (!areTexts) return `has a "${name}" with a title or description that is no text: locales/ has other languages`
  }
  // Fields are made of the properties of an object, at any depth, and of nothing else that holds schemas.
  const hasFields = isField && (!isSchema || KindGuard.IsObject(part))
  const nameOf = (key: string) => isSchema || Array.isArray(part) ? name : key
  return Object.entries(part ?? {}).map(([key, inner]) => faultOf(inner, nameOf(key), hasFields)).find(Boolean)
}
