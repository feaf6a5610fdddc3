import { isDeepStrictEqual } from 'node:util'
import type { TObject } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { LinkError, ScreenError } from '../../src/errors.ts'
import { parseSliderLink, sliderLink, type LinkParams } from '../../src/http/slider-link.ts'
import { mismatchError, mismatchesOf, type Mismatch } from '../../src/schemas/mismatch.ts'
import { compileOptions } from '../../src/schemas/options-schema.ts'
import type { Texts } from '../../src/schemas/placement.ts'
import type { I18n } from '../page/i18n.ts'

/** What a screen says of itself. */
export interface ScreenDeclaration {
  /** Named so in links: `params[screen]=part` */
  name: string
  /** The file that declared it: what a boot error names */
  source: string
  /** Types the parameters. Titles and descriptions of its properties label the form of the composer */
  params: TObject
  title: Texts
  description?: Texts
  /** Only links that this service wrote open it; `expiresIn` is the life of such a link, in seconds */
  signed?: true | { expiresIn: number }
  /** false: people write no links to it, only handlers with `links.to`, and back-ends with an API key */
  composer?: boolean
  /** Whether links that name no screen open this one */
  isDefault?: boolean
}

/** Parameters as a link carries them: text at every leaf. Without the names that belong to the link itself. */
export type CarriedParams = Record<string, unknown>

/** A declared screen, with both ways between its parameters and a link. */
export interface Screen extends ScreenDeclaration {
  /**
   * Turns what came through a link, or from openApplication, into the declared parameters; others are dropped.
   *
   * @throws {OptionsMismatchError} with the properties of OptionsMismatch
   */
  read: (carried: CarriedParams) => Record<string, unknown>
  /**
   * Turns parameters of the declared types into what a link with them carries.
   *
   * @throws {OptionsMismatchError}, and {LinkError} for what would not come back from the portal as it was
   */
  write: (params: Readonly<Record<string, unknown>>) => CarriedParams
}

/** Names that belong to the link, and to the portal. */
const reservedNames = ['screen', 'sig', 'exp', 'by', 'URI']

/** What a link carries besides the names that belong to it. */
export const carriedParams = (options: Readonly<Record<string, unknown>>): CarriedParams =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !reservedNames.includes(name)))

const undeclared = (parameter: string): Mismatch =>
  ({ parameter, expected: 'Is no parameter of this screen', reason: 'undeclared' })

/**
 * Prepares a screen, once, at boot.
 *
 * @throws {ScreenError} for a name that a link cannot carry, and for a schema that declares a reserved parameter or
 *   cannot be checked
 */
export function createScreen (declaration: ScreenDeclaration): Screen {
  const { name, source, params: schema } = declaration
  const refused = (what: string) => new ScreenError(name, source, what)
  const reserved = reservedNames.find(word => Object.hasOwn(schema.properties, word))
  if (!/^[a-z][a-z0-9-]{0,49}$/.test(name)) throw refused('is not named in lower case letters, digits and hyphens')
  if (reserved !== undefined) {
    throw refused(`may not declare a parameter "${reserved}": that name belongs to the link`)
  }
  const names = Object.keys(schema.properties)
  const toParams = compileOptions(schema, what => refused(`has ${what}`))
  const pick = (from: Readonly<Record<string, unknown>>) => {
    const given = names.filter(name => Object.hasOwn(from, name) && from[name] !== undefined)
    return Object.fromEntries(given.map(name => [name, from[name]]))
  }
  // Clean changes its argument, and drops at every depth what the schema does not declare.
  const read: Screen['read'] = carried =>
    pick(Value.Clean(schema, structuredClone(toParams(pick(carried)))) as Record<string, unknown>)

  return {
    ...declaration,
    read,
    write (params) {
      const [first, ...further] = Object.keys(params).filter(name => !names.includes(name))
      if (first !== undefined) {
        throw mismatchError([undeclared(first), ...further.map(undeclared), ...mismatchesOf(() => read(params))])
      }
      const typed = read(params)
      // sliderLink says what a link can carry: the schema allows more.
      const { params: carried = {} } = parseSliderLink(sliderLink('any', typed as LinkParams))
      // The keys are names of the schema, and never all of them numbers from 0 on.
      const texts = carried as CarriedParams
      const lost = names.find(name => !isDeepStrictEqual(read(texts)[name], typed[name]))
      if (lost !== undefined) throw new LinkError(lost, 'would come back from the portal as something else')
      return texts
    }
  }
}

/**
 * A text that the locales have for a screen, by `title`, `description`, `docId`, `docId.help` or `tab.choice.terms`.
 * Where there is none, the declaration's own counts.
 */
export type ScreenText = (screen: string, key: string) => string | undefined

/** The texts of screens in a language of Bitrix24: `screen.<name>.<key>`. */
export function screenTexts (i18n: Pick<I18n, 'has' | 'resolve'>, lang: string): ScreenText {
  const { t } = i18n.resolve(lang)
  return (screen, key) => {
    const name = `screen.${screen}.${key}`
    return i18n.has(name) ? t(name) : undefined
  }
}
