import { Type, type Static } from '@sinclair/typebox'
import { maxDomain } from '../http/frame.ts'

// Portals send these empty or not at all, depending on their generation and the placement. So every field is optional,
// and each step asks for what it needs: a missing AUTH_ID is not the same mistake as a broken form.
// Source: Bitrix24 REST docs, api-reference/widgets/_includes/widget_data.md ("What the Handler Receives").

const Text = (maxLength: number, description: string) => Type.Optional(Type.String({ maxLength, description }))

// What proves nothing and is not needed may hold anything, in any form: only its length is checked.
const Idle = (description: string) => Text(256, description)

const portalFields = {
  DOMAIN: Text(maxDomain, 'Host of the portal, with a port if it is neither 80 nor 443. Proves nothing'),
  PROTOCOL: Idle('1 = https, 0 = http'),
  LANG: Idle('Interface language of the user: a code of Bitrix24, not BCP 47'),
  APP_SID: Idle('Names this one rendering of the frame')
}

/** The query string of a placement call: what the portal appends to the handler's address, and what that had before. */
export const PlacementQuerySchema = Type.Object({
  ...portalFields,
  handler: Text(32, 'In the address that was bound: which of several handlers of this placement. Chooses, and no more')
})
export type PlacementQuery = Static<typeof PlacementQuerySchema>

/** The urlencoded body of a placement call, in all generations of the portal. Unknown fields pass. */
export const PlacementBodySchema = Type.Object({
  // The oldest documentation prints all eleven fields as one flat body.
  ...portalFields,
  AUTH_ID: Text(256, 'Access token of the user who opened the widget'),
  AUTH_EXPIRES: Idle('Lifetime of AUTH_ID in seconds, as the browser says: the authorization server is asked'),
  REFRESH_ID: Text(256,
    "The user's refresh token. Used only when the installation's own tokens are dead, and only an administrator's"),
  SERVER_ENDPOINT: Text(256, 'REST root of the authorization server; only chooses among those on the allow-list'),
  APPLICATION_TOKEN: Text(256, 'The secret of this installation, known to every user of the portal'),
  APPLICATION_SCOPE: Text(4096, 'Comma separated scopes'),
  member_id: Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: '^[0-9a-zA-Z_-]+$',
    description: 'Identity of the portal, independent of its domain'
  }),
  status: Idle('Kind of licence: F, D, T, P, L or S'),
  PLACEMENT: Type.String({ minLength: 1, maxLength: 256, description: 'Placement code' }),
  PLACEMENT_OPTIONS: Text(128 * 1024, 'JSON text')
})
export type PlacementBody = Static<typeof PlacementBodySchema>

/** Both halves of a call. The body wins; a field in both halves is refused before. */
export type PlacementCall = PlacementQuery & PlacementBody

/** Texts by Bitrix24's language codes, or one text for all languages. */
export type Texts = string | Readonly<Record<string, string>>

/** Whether a portal can send this as LANG: one of its own may have further languages. */
export const isLanguage = (code: string): boolean => /^[a-z]{2,3}$/.test(code)

/** Whether it is such texts, also in plain JavaScript. */
export const isTexts = (value: unknown): value is Texts => typeof value === 'string' ||
  (typeof value === 'object' && value !== null &&
    Object.entries(value).every(([code, text]) => isLanguage(code) && typeof text === 'string'))

/** The text in a language, else in English, else ''. */
export const textIn = (texts: Texts, lang: string): string =>
  typeof texts === 'string' ? texts : texts[lang] ?? texts['en'] ?? ''
