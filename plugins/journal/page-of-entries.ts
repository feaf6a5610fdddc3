import type { JournalEntry } from './entries.ts'
import type { createJournal } from './journal.ts'
import type { JournalSearch } from './sql-journal-store.ts'

const entriesOfPage = 20

/** A page of the journal, and where the next one begins, if it is not the last. */
export async function pageOf (
  journal: Pick<ReturnType<typeof createJournal>, 'find'>, search: Omit<JournalSearch, 'limit'>
): Promise<{ entries: JournalEntry[], next?: string }> {
  const found = await journal.find({ ...search, limit: entriesOfPage + 1 })
  const entries = found.slice(0, entriesOfPage)
  const last = found.length > entriesOfPage ? entries.at(-1) : undefined
  return { entries, ...(last && { next: `${last.at}-${last.id}` }) }
}
