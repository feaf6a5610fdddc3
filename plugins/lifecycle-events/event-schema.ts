import { Type, type Static } from '@sinclair/typebox'

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/**
 * A lifecycle event as Bitrix24's queue server posts it: an urlencoded form whose names have brackets in them.
 * All values are strings on the wire; what is unknown passes. `data` matters where it is the pair of the system user.
 * Source: Bitrix24 REST docs, api-reference/common/events/on-app-install.md and on-app-user-ready.md.
 */
export const EventSchema = Type.Object({
  event: Type.String({ minLength: 1, maxLength: 64 }),
  'auth[member_id]': Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9a-zA-Z_-]+$' }),
  'auth[access_token]': Text(256),
  'auth[refresh_token]': Text(256),
  'auth[server_endpoint]': Text(256),
  'auth[application_token]': Text(256),
  'data[refresh_token]': Text(256),
  'data[user_id]': Text(256)
}, { additionalProperties: Type.String({ maxLength: 4096 }) })
export type LifecycleEvent = Static<typeof EventSchema>
