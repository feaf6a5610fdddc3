import { Type, type Static } from '@sinclair/typebox'

const Text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

/**
 * A lifecycle event as Bitrix24's queue server posts it: an urlencoded form whose names have brackets in them.
 * All values are strings on the wire; what is unknown passes. `data` matters where it is the pair of the system user,
 * or says whether an uninstall is clean.
 * Source: Bitrix24 REST docs, api-reference/common/events/on-app-install.md, on-app-user-ready.md and
 * on-app-uninstall.md.
 */
export const EventSchema = Type.Object({
  event: Type.String({ minLength: 1, maxLength: 64 }),
  'auth[member_id]': Type.String({ minLength: 1, maxLength: 64, pattern: '^[0-9a-zA-Z_-]+$' }),
  'auth[access_token]': Text(256),
  'auth[refresh_token]': Text(256),
  'auth[server_endpoint]': Text(256),
  'auth[application_token]': Text(256),
  'data[refresh_token]': Text(256),
  'data[user_id]': Text(256),
  'data[CLEAN]': Text(256)
}, { additionalProperties: Type.String({ maxLength: 4096 }) })
export type LifecycleEvent = Static<typeof EventSchema>
