import { textIn } from '../placement-dispatch/registry.ts'
import { durationText } from './duration-text.ts'
import { formFields, type FormField } from './form-fields.ts'
import { offeredParams } from './offered.ts'
import type { ScreenText } from './screen-texts.ts'
import type { Screen } from './screen.ts'

/** A place that a finished link can be sent to, and the permission of the application that this takes. */
export interface Channel { name: 'chat' | 'feed' | 'task' | 'calendar', scope: string, isAllowed: boolean }

/** A screen as the composer offers it. */
export interface OfferedScreen {
  name: string
  title: string
  description: string
  isSigned: boolean
  /** How long its links stay good, in words; undefined: for ever */
  validFor: string | undefined
  fields: FormField[]
}

const channels = [['chat', 'im'], ['feed', 'log'], ['task', 'task'], ['calendar', 'calendar']] as const

/** What the composer shows. In: what is declared, what the application may do on the portal, texts of screens, and a language: of Bitrix24, and its BCP 47 tag. */
export function composerOf (screens: readonly Screen[], scope: readonly string[], textOf: ScreenText, { lang, tag }: { lang: string, tag: string }): { screens: OfferedScreen[], channels: Channel[] } {
  return {
    screens: screens.filter(({ composer }) => composer !== false).map(({ name, title, description = '', signed, params }) => ({
      name,
      title: textOf(name, 'title') ?? (textIn(title, lang) || name),
      description: textOf(name, 'description') ?? textIn(description, lang),
      isSigned: signed !== undefined,
      validFor: typeof signed === 'object' ? durationText(signed.expiresIn, tag) : undefined,
      fields: formFields(offeredParams(params), key => textOf(name, key))
    })),
    channels: channels.map(([name, scope_]) => ({ name, scope: scope_, isAllowed: scope.includes(scope_) }))
  }
}
