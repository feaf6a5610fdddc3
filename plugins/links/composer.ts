import type { FastifyInstance } from 'fastify'
import { textIn } from '../../src/schemas/placement.ts'
import type { FeatureRequest, HomeSection } from '../placement-dispatch/features.ts'
import type { Language } from '../page/i18n.ts'
import { formFields, type FormField } from './form-fields.ts'
import { offeredParams } from './offered.ts'
import { screenTexts, type Screen, type ScreenText } from './screen.ts'

// Where a finished link can be sent, and the permission of the application that this takes.
const channels = [
  ['person', 'im'], ['chat', 'im'], ['feed', 'log'], ['task', 'task'], ['calendar', 'calendar']
] as const

/**
 * What the composer shows.
 *
 * @param scope what the application may do on the portal
 * @param language a code of Bitrix24, and its BCP 47 tag
 */
export function composerOf (
  screens: readonly Screen[], scope: readonly string[], textOf: ScreenText, { lang, tag }: { lang: string, tag: string }
) {
  const offered = screens.filter(({ composer }) => composer !== false).map(screen =>
    ({ ...screen, fields: formFields(offeredParams(screen.params), key => textOf(screen.name, key)) }))
  // A form that needs nothing asks for its link as soon as it is open.
  const first = offered.find(({ fields }) => fields.some(isMissing))
  return {
    screens: offered.map(({ name, title, description = '', signed, fields }) => ({
      name,
      title: textOf(name, 'title') ?? (textIn(title, lang) || name),
      description: textOf(name, 'description') ?? textIn(description, lang),
      isSigned: signed !== undefined,
      // How long its links stay good; undefined: for ever
      validFor: typeof signed === 'object' ? durationText(signed.expiresIn, tag) : undefined,
      isOpen: name === first?.name,
      fields
    })),
    channels: channels.map(([name, needed]) => ({ name, scope: needed, isAllowed: scope.includes(needed) }))
  }
}

/** Whether there is no link before people have filled this in. */
const isMissing = ({ required, kind, value }: FormField): boolean =>
  required && value === '' && kind !== 'checkbox' && kind !== 'group'

const units = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const

/** Seconds in words of the largest unit that fits, rounded down: `20 seconds`, `1.5 hours`. */
export function durationText (seconds: number, tag: string): string {
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['second', 1]
  const format = new Intl.NumberFormat(tag, {
    style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1, roundingMode: 'trunc'
  })
  return format.format(seconds / length)
}

const faults = ['required', 'type', 'range', 'fromTo', 'atLeast', 'atMost', 'length', 'format', 'link']
const states = ['sending', 'notSent', 'feed', 'calendar', 'busy', 'denied', 'refused', 'unavailable']

/** The texts that the script of the composer shows, by its own names and by the codes of our errors. */
function composerTexts (t: Language['t']): Record<string, string> {
  const limits = { min: '{min}', max: '{max}' } // each field has its own
  const withTodo = (error: string) =>
    t('page.sentences', { first: t(`error.${error}.text`), next: t(`error.${error}.todo`) })
  return {
    ...Object.fromEntries(faults.map(reason => [reason, t(`composer.fault.${reason}`, limits)])),
    ...Object.fromEntries(states.map(name => [name, t(`composer.${name}`)])),
    sentTo: t('composer.sentTo', { name: '{name}' }),
    labelled: t('page.labelled', { label: '{label}', value: '{value}' }),
    sentences: t('page.sentences', { first: '{first}', next: '{next}' }),
    unpaid: withTodo('payment'),
    portalUnavailable: withTodo('portal-unavailable'),
    B24_ERR_LINK: t('error.link.text'),
    B24_ERR_LINK_WRITER: t('error.link.text'),
    B24_ERR_PAGE_SESSION: withTodo('expired'),
    B24_ERR_PORTAL_UNKNOWN: t('error.not-installed.text')
  }
}

/** The composer on the home; undefined where there are no screens that people write links to. */
export async function composerSection (
  { pages }: FastifyInstance, screens: readonly Screen[], { placement: { lang, portal, user } }: FeatureRequest
): Promise<HomeSection | undefined> {
  const { t, tag } = pages.i18n.resolve(lang)
  const composer = composerOf(screens, portal.scope, screenTexts(pages.i18n, lang), { lang, tag })
  if (composer.screens.length === 0) return undefined
  return { view: 'composer', isJob: true, data: { composer, composerTexts: composerTexts(t), userId: user.id } }
}
