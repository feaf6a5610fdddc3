import { KindGuard, type TObject, type TSchema } from '@sinclair/typebox'
import { isNumber, jsonExample } from './json-example.ts'

/** A value of a select, and what people read. */
interface Choice { value: string, title: string }

type InputType = 'text' | 'number' | 'checkbox' | 'date' | 'datetime-local' | 'email' | 'url'

/** Things of the portal whose ids people do not know: `pick: 'user'` in a schema. */
export const picks = ['user', 'lead', 'deal', 'contact', 'company', 'quote', 'chat', 'task'] as const
interface Pick { what: typeof picks[number], isMultiple: boolean }

/** One field of the form that is made from the schema of a screen. */
export interface FormField {
  /** Names that lead to the value, from the parameters on */
  path: readonly string[]
  label: string
  help?: string
  /**
   * `lines`: a list, one value a line. `json`: what no simple input can hold. `pick`: something of the portal, chosen
   * by its name
   */
  kind: InputType | 'area' | 'select' | 'lines' | 'json' | 'group' | 'pick'
  /** Of `pick`: what is chosen */
  pick?: Pick
  required: boolean
  /** Of JSON: what it may look like */
  example?: string
  /** Attributes of the input by which the browser checks it */
  limits: Readonly<Record<string, string | number>>
  /** Filled in at the start, as text */
  value: string
  /** Of a select, or of each value that a list holds */
  choices: readonly Choice[]
  /** Fields of a group, or of each group that a list holds */
  fields: readonly FormField[]
}

/** Texts that may be longer are written into an area. */
const longText = 400
const inputs = new Map<string | undefined, FormField['kind']>([
  ['date', 'date'], ['date-time', 'datetime-local'], ['email', 'email'], ['uri', 'url']
])

const isChoice = (schema: TSchema): boolean => KindGuard.IsUnion(schema) && schema.anyOf.every(KindGuard.IsLiteral)

/** What the field of this schema picks; undefined: it is typed. */
export function pickOf (schema: TSchema): Pick | undefined {
  const what = picks.find(name => name === schema['pick'])
  const isMultiple = KindGuard.IsArray(schema)
  const id = isMultiple ? schema.items : schema
  // The portal has no dialog for chats and tasks: they are chosen from a list, one at a time.
  if (isMultiple && (what === 'chat' || what === 'task')) return undefined
  return what && (isNumber(id) || KindGuard.IsString(id)) ? { what, isMultiple } : undefined
}

function kindOf (schema: TSchema): FormField['kind'] {
  if (pickOf(schema)) return 'pick'
  if (isNumber(schema)) return 'number'
  if (KindGuard.IsBoolean(schema)) return 'checkbox'
  if (KindGuard.IsString(schema)) {
    return inputs.get(schema.format) ?? ((schema.maxLength ?? 0) > longText ? 'area' : 'text')
  }
  if (KindGuard.IsLiteral(schema) || isChoice(schema)) return 'select'
  if (KindGuard.IsArray(schema) && (KindGuard.IsString(schema.items) || isNumber(schema.items))) return 'lines'
  return KindGuard.IsObject(schema) ? 'group' : 'json'
}

function limitsOf (schema: TSchema): FormField['limits'] {
  const { minimum, maximum, minLength, maxLength, pattern } = schema
  const step = KindGuard.IsInteger(schema) ? 1 : KindGuard.IsNumber(schema) ? 'any' : undefined
  const limits = {
    min: minimum,
    max: maximum,
    step,
    minlength: minLength,
    maxlength: maxLength,
    // The pattern of an input has to match all of its text, that of a schema any part of it.
    pattern: pattern && `.*(?:${pattern}).*`
  }
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined))
}

/** The default as its input holds it. */
function valueOf (kind: FormField['kind'], value: unknown): string {
  if (value === undefined) return ''
  if (Array.isArray(value) && kind === 'lines') return value.join('\n')
  if (kind === 'pick') return [value].flat().join()
  if (kind === 'json' || kind === 'group') return JSON.stringify(value)
  // This input has neither seconds nor time zones.
  return kind === 'datetime-local' ? String(value).slice(0, 16) : String(value)
}

const choicesOf = (schema: TSchema, titleOf: (value: string) => string | undefined): Choice[] =>
  (KindGuard.IsUnion(schema) ? schema.anyOf : [schema]).map(({ const: constant, title }) => {
    const value = String(constant)
    return { value, title: titleOf(value) ?? title ?? value }
  })

/**
 * The fields of a form for the parameters of a screen, in the order of their schema.
 *
 * @param textOf texts that count more than those of the schema, by path: `filter.city`, `filter.city.help`, and
 *   `filter.city.choice.cologne` for the title of a choice
 */
export function formFields (
  schema: TObject, textOf: (key: string) => string | undefined = () => undefined, path: readonly string[] = []
): FormField[] {
  const { required = [] } = schema
  return Object.entries(schema.properties).map(([name, property]) => {
    const kind = kindOf(property)
    const here = [...path, name]
    const key = here.join('.')
    const help = textOf(`${key}.help`) ?? property.description
    const pick = pickOf(property)
    const each = KindGuard.IsArray(property) ? property.items : property
    return {
      path: here,
      label: textOf(key) ?? property.title ?? name,
      ...(help !== undefined && { help }),
      kind,
      ...(pick && { pick }),
      required: required.includes(name) && property['default'] === undefined,
      ...(kind === 'json' && { example: JSON.stringify(jsonExample(property)) }),
      limits: limitsOf(property),
      value: valueOf(kind, property['default']),
      choices: kindOf(each) === 'select' ? choicesOf(each, value => textOf(`${key}.choice.${value}`)) : [],
      fields: KindGuard.IsObject(each) ? formFields(each, textOf, here) : []
    }
  })
}

/** What people call a parameter, by its path: `Customer · City`; the path itself where no field is declared for it. */
export function labelOf (fields: readonly FormField[], parameter: string): string {
  const labels: string[] = []
  let inside = fields
  // Positions in lists have no labels.
  for (const name of parameter.split('.').filter(name => !/^\d+$/.test(name))) {
    const field = inside.find(({ path }) => path.at(-1) === name)
    if (field === undefined) return parameter
    labels.push(field.label)
    inside = field.fields
  }
  return labels.join(' · ')
}
