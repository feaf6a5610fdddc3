import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** A note on a dialog of the messenger. */
export interface Note {
  userId: number
  text: string
  /** Milliseconds since 1970 */
  at: number
}

/** The table of migrations/0002-notes.ts. */
type NoteTables = {
  notes: { id: string, member_id: string, dialog_id: string, user_id: number, text: string, at: number }
}

declare module 'fastify' {
  interface FastifyInstance { notes: ReturnType<typeof createNotes> }
}

// Of a dialog: as many as its page shows. One person who writes all day must not fill the disk.
const most = 50

/** Notes on dialogs, each of a portal. */
function createNotes (database: FastifyInstance['database']) {
  const db = database.withTables<NoteTables>()

  /** Deletes those of a dialog that are older than the newest ones. */
  async function deleteOld (memberId: string, dialogId: string): Promise<void> {
    await db.deleteFrom('notes').where('member_id', '=', memberId).where('dialog_id', '=', dialogId)
      .where('at', '<', ({ selectFrom }) => selectFrom('notes').select('at')
        .where('member_id', '=', memberId).where('dialog_id', '=', dialogId)
        .orderBy('at', 'desc').limit(1).offset(most - 1))
      .execute()
  }

  return {
    /** The newest notes on a dialog, newest first. */
    async of (memberId: string, dialogId: string): Promise<Note[]> {
      const rows = await db.selectFrom('notes').select(['user_id', 'text', 'at'])
        .where('member_id', '=', memberId).where('dialog_id', '=', dialogId)
        .orderBy('at', 'desc').orderBy('id').limit(most).execute()
      return rows.map(({ user_id: userId, text, at }) => ({ userId, text, at }))
    },
    async add (memberId: string, dialogId: string, { userId, text, at }: Note): Promise<void> {
      await db.insertInto('notes')
        .values({ id: randomUUID(), member_id: memberId, dialog_id: dialogId, user_id: userId, text, at }).execute()
      await deleteOld(memberId, dialogId)
    },
    /** Forgets the notes of a portal up to a time: later ones are of a new installation. */
    async forget (memberId: string, until: number): Promise<void> {
      await db.deleteFrom('notes').where('member_id', '=', memberId).where('at', '<=', until).execute()
    }
  }
}

/** The notes of the messenger's sidebar, which go with the settings of the application. */
async function notes (fastify: FastifyInstance) {
  const notes = createNotes(fastify.database)
  fastify.decorate('notes', notes)
  fastify.onUninstalled(async ({ portal, uninstalledAt, clean }) => {
    if (clean) await notes.forget(portal.memberId, uninstalledAt)
  })
}

export default fp(notes, { fastify: '5.x', name: 'example-notes' })
