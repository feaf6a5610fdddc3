import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { originOf } from './command.ts'

/**
 * The portal that `--portal` names; undefined: the application is not installed there. Of several with one domain, as
 * after a self-hosted portal was set up anew, it is the one that called last.
 */
export const installedPortal = async (db: Kysely<Database>, portal: string) =>
  await db.selectFrom('installations').select(['member_id', 'client_endpoint'])
    .where('domain', '=', new URL(originOf(portal)).host).where('uninstalled_at', 'is', null)
    .orderBy('updated_at', 'desc').orderBy('member_id').limit(1).executeTakeFirst()
