import { FormatRegistry } from '@sinclair/typebox'
import { fullFormats } from 'ajv-formats/dist/formats.js'

/** What schemas of options and screens may name as `format` of a text; TypeBox itself knows none. */
export const formats = ['date', 'time', 'date-time', 'email', 'uri', 'uuid'] as const

/** Makes TypeBox check these formats as ajv does. Known ones stay as they are: the registry is the whole process's. */
export function registerFormats (): void {
  for (const name of formats.filter(name => !FormatRegistry.Has(name))) {
    const format = fullFormats[name]
    // All of these are formats of texts, and none is checked asynchronously.
    const validate = (typeof format === 'object' && 'validate' in format ? format.validate : format) as
      RegExp | ((text: string) => boolean)
    FormatRegistry.Set(name, text => validate instanceof RegExp ? validate.test(text) : validate(text))
  }
}
