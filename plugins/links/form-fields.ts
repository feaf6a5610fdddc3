import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox'
import { jsonExample } from './json-example.ts'

/** A value of a select, and what people read. */
export interface Choice { value: string, title: string }

/** One field of the form that is made from the schema of a screen. */
export interface FormField {
  /** Names that lead to the value, from the parameters on */
  path: readonly string[]
  label: string
  help?: string
  /** `lines`: a list, one value a line. `json`: whatever no simple input can hold */
  kind: 'text' | 'area' | 'number' | 'checkbox' | 'select' | 'date' | 'datetime-local' | 'email' | 'url' | 'lines' | 'json' | 'group'
  required: boolean
  /** Of JSON: how it may look */
  example?: string
  /** Attributes of the input that keep what does not fit from being typed */
  limits: Readonly<Record<string, string | number>>
  /** Filled in at the start, as text */
  value: string
  /** Of a select, or of each value that a list holds */
  choices: readonly Choice[]
  /** Fields of a group, or of each group that a list holds */
  fields: readonly FormField[]
}

/** Texts that may be longer are written into an area. */
const LONG = 400
const inputs = new Map<string | undefined, FormField['kind']>([
  ['date', 'date'], ['date-time', 'datetime-local'], ['email', 'email'], ['uri', 'url']
])

const isPlain = (schema: TSchema): boolean => KindGuard.IsString(schema) || KindGuard.IsNumber(schema) || KindGuard.IsInteger(schema)
const isChoice = (schema: TSchema): boolean => KindGuard.IsUnion(schema) && schema.anyOf.every(member => KindGuard.IsLiteral(member))

function kindOf (schema: TSchema): FormField['kind'] {
  if (KindGuard.IsInteger(schema) || KindGuard.IsNumber(schema)) return 'number'
  if (KindGuard.IsBoolean(schema)) return 'checkbox'
  if (KindGuard.IsString(schema)) return inputs.get(schema.format) ?? (schema.maxLength !== undefined && schema.maxLength > LONG ? 'area' : 'text')
  if (KindGuard.IsLiteral(schema) || isChoice(schema)) return 'select'
  if (KindGuard.IsArray(schema) && isPlain(schema.items)) return 'lines'
  return KindGuard.IsObject(schema) ? 'group' : 'json'
}

function limitsOf (schema: TSchema): FormField['limits'] {
  const { minimum, maximum, minLength, maxLength, pattern } = schema
  const step = KindGuard.IsInteger(schema) ? 1 : KindGuard.IsNumber(schema) ? 'any' : undefined
  // An input wants all of its text to match; a schema wants any part of it.
  const limits = { min: minimum, max: maximum, step, minlength: minLength, maxlength: maxLength, pattern: pattern && `.*(?:${pattern}).*` }
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined))
}

/** The default as its input holds it. */
function valueOf (kind: FormField['kind'], value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value) && kind === 'lines') return value.join('\n')
  if (kind === 'json' || kind === 'group') return JSON.stringify(value)
  // Such an input knows neither seconds nor time zones.
  return kind === 'datetime-local' ? String(value).slice(0, 16) : String(value)
}

const choicesOf = (schema: TSchema, titleOf: (value: string) => string | undefined): Choice[] =>
  (KindGuard.IsUnion(schema) ? schema.anyOf : [schema]).map(({ const: constant, title }) => {
    const value = String(constant)
    return { value, title: titleOf(value) ?? title ?? value }
  })

/**
 * In: the schema of a screen's parameters, and texts that count more than its own: by path, such as `filter.city`, `filter.city.help`, and
 * `filter.city.choice.cologne` for the title of a choice.
 * Out: the fields of its form, in the schema's order.
 */
export function formFields (schema: TObject, textOf: (key: string) => string | undefined = () => undefined, path: readonly string[] = []): FormField[] {
  const { required = [] } = schema
  return Object.entries(schema.properties).map(([name, property]) => {
    const kind = kindOf(property)
    const here = [...path, name]
    const key = here.join('.')
    const help = textOf(`${key}.help`) ?? property.description
    const each = KindGuard.IsArray(property) ? property.items : property
    return {
      path: here,
      label: textOf(key) ?? property.title ?? name,
      ...(help !== undefined && { help }),
      kind,
      required: required.includes(name) && property['default'] === undefined,
      ...(kind === 'json' && { example: JSON.stringify(jsonExample(property)) }),
      limits: limitsOf(property),
      value: valueOf(kind, property['default']),
      choices: kindOf(each) === 'select' ? choicesOf(each, value => textOf(`${key}.choice.${value}`)) : [],
      fields: KindGuard.IsObject(each) ? formFields(each, textOf, here) : []
    }
  })
}
