import { textIn } from '../placement-registry.ts'
import { formFields, type FormField } from './form-fields.ts'
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
  /** Days that its links stay good; undefined: for ever */
  days: number | undefined
  fields: FormField[]
}

const channels = [['chat', 'im'], ['feed', 'log'], ['task', 'task'], ['calendar', 'calendar']] as const
const DAY = 86_400

/** What the composer shows. In: what is declared, what the application may do on the portal, texts of screens, and a language of Bitrix24. */
export function composerOf (screens: readonly Screen[], scope: readonly string[], textOf: ScreenText, lang: string): { screens: OfferedScreen[], channels: Channel[] } {
  return {
    screens: screens.filter(({ composer }) => composer !== false).map(({ name, title, description = '', signed, params }) => ({
      name,
      title: textOf(name, 'title') ?? (textIn(title, lang) || name),
      description: textOf(name, 'description') ?? textIn(description, lang),
      isSigned: signed !== undefined,
      days: typeof signed === 'object' ? Math.ceil(signed.expiresIn / DAY) : undefined,
      fields: formFields(params, key => textOf(name, key))
    })),
    channels: channels.map(([name, scope_]) => ({ name, scope: scope_, isAllowed: scope.includes(scope_) }))
  }
}
