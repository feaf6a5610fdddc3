import type { TObject } from '@sinclair/typebox'
import { ScreenError } from '../../src/errors.ts'
import { arePreHandlers } from '../../src/http/pre-handlers.ts'
import { isObjectSchema } from '../../src/schemas/options-schema.ts'
import { isTexts } from '../../src/schemas/placement.ts'
import type { ScreenSettings } from './screens.ts'

/** What a screen is declared with, once it is checked, as plain JavaScript may pass anything. @throws ScreenError */
export function checked<T extends TObject> (
  name: string, settings: ScreenSettings<T>, handler: unknown
): ScreenSettings<T> {
  const must = (isMet: boolean, what: string) => { if (!isMet) throw new ScreenError(name, what) }
  const { schema, title, description, preHandler, signed = true, composer, isDefault, ...others } =
    Object(settings) as Partial<typeof settings>
  must(isObjectSchema(schema?.params), 'needs the setting schema: { params: Type.Object({ … }) }')
  must(isTexts(title), 'needs a title: a text, or texts by their languages')
  must(description === undefined || isTexts(description), 'has a description that is no text')
  const { expiresIn }: Exclude<typeof signed, true> = Object(signed)
  // A text would be appended to the time instead of added, and an end in fractions or beyond all numbers is no time.
  const isTime = Number.isSafeInteger(expiresIn) && expiresIn > 0
  must(signed === true || isTime, 'must be signed: true, or { expiresIn: whole seconds }')
  must(arePreHandlers(preHandler), 'has a preHandler that is no function')
  const [unknown] = Object.keys(others)
  must(unknown === undefined, `has no setting "${unknown}"`) // without "signed" any link would open it
  must(typeof handler === 'function', 'needs a handler, a function, as the last argument')
  return settings
}
