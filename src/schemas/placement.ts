import { Type, type Static } from '@sinclair/typebox'

// Portals send these empty or not at all, depending on their generation and on the placement, so every field is optional
// here and what a call really needs is asked for rung by rung (missing AUTH_ID is not the same mistake as a broken form).
// Source: Bitrix24 REST docs, api-reference/widgets/_includes/widget_data.md ("What the Handler Receives").

const Text = (maxLength: number, description: string) => Type.Optional(Type.String({ maxLength, description }))

const portalFields = {
  DOMAIN: Text(253 + 6, 'Host of the portal, with a port if it is neither 80 nor 443. Proves nothing'),
  PROTOCOL: Text(8, '1 = https, 0 = http'),
  LANG: Text(16, 'Interface language of the user: a code of Bitrix24, not BCP 47'),
  APP_SID: Text(64, 'Names this one rendering of the frame')
}

/** The query string of a placement call: what the portal appends to the handler's address. */
export const PlacementQuerySchema = Type.Object(portalFields)
export type PlacementQuery = Static<typeof PlacementQuerySchema>

/** The urlencoded body of a placement call, in all generations of the portal. Unknown fields pass. */
export const PlacementBodySchema = Type.Object({
  // The oldest documentation prints all eleven fields as one flat body.
  ...portalFields,
  AUTH_ID: Text(256, 'Access token of the user who opened the widget'),
  AUTH_EXPIRES: Type.Optional(Type.Union([Type.Integer({ minimum: 0, description: 'Lifetime of AUTH_ID in seconds' }), Type.Literal('')])),
  REFRESH_ID: Text(256, "The user's refresh token. Used only when the installation's own tokens are dead, and only an administrator's"),
  SERVER_ENDPOINT: Text(256, 'REST root of the authorization server; only chooses among those on the allow-list'),
  APPLICATION_TOKEN: Text(256, 'The secret of this installation, known to every user of the portal'),
  APPLICATION_SCOPE: Text(4096, 'Comma separated scopes'),
  member_id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9a-zA-Z_-]+$', description: 'Identity of the portal, independent of its domain' }),
  status: Text(16, 'Kind of licence: F, D, T, P, L or S'),
  PLACEMENT: Type.String({ minLength: 1, maxLength: 256, description: 'Placement code' }),
  PLACEMENT_OPTIONS: Type.Optional(Type.String({ description: 'JSON text' }))
})
export type PlacementBody = Static<typeof PlacementBodySchema>

/** Both halves of a call. The body wins; a field in both halves is refused before. */
export type PlacementCall = PlacementQuery & PlacementBody
