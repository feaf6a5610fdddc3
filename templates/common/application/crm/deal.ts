import type { PortalRest } from 'fastify-bitrix24'

export interface Deal {
  id: number
  title: string
  amount: number
  currency: string
}

export interface Comment {
  id: number
  text: string
  /** Name of the user who wrote it */
  author: string
  /** ISO 8601 */
  createdAt: string
}

type Rest = Pick<PortalRest, 'call'>

/** A field as a text, '' where nothing is to be seen: a portal may answer with another type than its docs say. */
function textOf (value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text) ? text : ''
}

/** '' for what is no time: Date.parse would find one in most texts with a number. */
const timeOf = (value: unknown): string => /^\d{4}-\d\d-\d\dT.+/.exec(textOf(value))?.[0] ?? ''

type Row<Name extends string> = Partial<Record<Name, unknown>>

/** Rows of an answer. PHP writes a list with gaps as an object. */
const rowsOf = <Name extends string>(answer: Array<Row<Name>>): Array<Row<Name>> => Object.values(answer).map(Object)

/** A deal, as far as the user of the REST interface may see it. */
export async function readDeal (rest: Rest, id: number): Promise<Deal> {
  const row: Row<'TITLE' | 'OPPORTUNITY' | 'CURRENCY_ID'> = Object(await rest.call('crm.deal.get', { id }))
  const amount = Number(textOf(row.OPPORTUNITY)) || 0
  return {
    id,
    title: textOf(row.TITLE) || `ID ${id}`,
    // The page is given JSON, which has no Infinity.
    amount: Number.isFinite(amount) ? amount : 0,
    currency: textOf(row.CURRENCY_ID)
  }
}

/** The newest comments in the timeline of a deal, the newest first. */
export async function readComments (rest: Rest, dealId: number): Promise<Comment[]> {
  const rows = rowsOf(await rest.call<Array<Row<'ID' | 'COMMENT' | 'AUTHOR_ID' | 'CREATED'>>>(
    'crm.timeline.comment.list', { filter: { ENTITY_TYPE: 'deal', ENTITY_ID: dealId }, order: { ID: 'DESC' } }))
  const names = await readNames(rest, rows.map(row => textOf(row.AUTHOR_ID)))
  return rows.map(row => {
    const authorId = textOf(row.AUTHOR_ID)
    const author = names.get(authorId) || `ID ${authorId}`
    return { id: Number(row.ID), text: textOf(row.COMMENT), author, createdAt: timeOf(row.CREATED) }
  })
}

/** Writes a comment into the timeline of a deal, in the name of the user. */
export async function addComment (rest: Rest, dealId: number, text: string): Promise<number> {
  const fields = { ENTITY_TYPE: 'deal', ENTITY_ID: dealId, COMMENT: text }
  return Number(await rest.call('crm.timeline.comment.add', { fields }))
}

async function readNames (rest: Rest, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const users = rowsOf(await rest.call<Array<Row<'ID' | 'NAME' | 'LAST_NAME'>>>(
    'user.get', { FILTER: { ID: [...new Set(ids)] } }))
  const nameOf = ({ NAME, LAST_NAME }: typeof users[number]) => [NAME, LAST_NAME].map(textOf).filter(Boolean).join(' ')
  return new Map(users.map(user => [textOf(user.ID), nameOf(user)]))
}
