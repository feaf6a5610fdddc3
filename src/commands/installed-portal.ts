import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { originOf } from './command.ts'

/**
 * The portal that `--portal` names; undefined: the application is not installed there. A self-hosted portal may call
 * itself by the domain of another, so the one whose REST interface is at this host goes first. Of several, as after a
 * portal was set up anew, it is the one that called last.
 */
export async function installedPortal (db: Kysely<Database>, portal: string) {
  const { host } = new URL(originOf(portal))
  const rows = await db.selectFrom('installations').select(['member_id', 'client_endpoint'])
    .where('domain', '=', host).where('uninstalled_at', 'is', null)
    .orderBy('updated_at', 'desc').orderBy('member_id').execute()
  return rows.find(row => URL.parse(row.client_endpoint)?.host === host) ?? rows[0]
}
