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

/** A deal, as far as the user of the REST interface may see it. */
export async function readDeal (rest: Rest, id: number): Promise<Deal> {
  const fields = await rest.call<Record<'TITLE' | 'OPPORTUNITY' | 'CURRENCY_ID', string>>('crm.deal.get', { id })
  return { id, title: fields.TITLE, amount: Number(fields.OPPORTUNITY), currency: fields.CURRENCY_ID }
}

/** The newest comments in the timeline of a deal, the newest first. */
export async function readComments (rest: Rest, dealId: number): Promise<Comment[]> {
  const rows = await rest.call<Array<Record<'ID' | 'COMMENT' | 'AUTHOR_ID' | 'CREATED', string>>>(
    'crm.timeline.comment.list', { filter: { ENTITY_TYPE: 'deal', ENTITY_ID: dealId }, order: { ID: 'DESC' } })
  const names = await readNames(rest, rows.map(row => row.AUTHOR_ID))
  return rows.map(({ ID, COMMENT, AUTHOR_ID, CREATED }) =>
    ({ id: Number(ID), text: COMMENT, author: names.get(AUTHOR_ID) ?? `ID ${AUTHOR_ID}`, createdAt: CREATED }))
}

/** Writes a comment into the timeline of a deal, in the name of the user. */
export async function addComment (rest: Rest, dealId: number, text: string): Promise<number> {
  const fields = { ENTITY_TYPE: 'deal', ENTITY_ID: dealId, COMMENT: text }
  return Number(await rest.call('crm.timeline.comment.add', { fields }))
}

async function readNames (rest: Rest, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const users = await rest.call<Array<{ ID: string, NAME?: string, LAST_NAME?: string }>>(
    'user.get', { FILTER: { ID: [...new Set(ids)] } })
  return new Map(users.map(({ ID, NAME, LAST_NAME }) => [ID, [NAME, LAST_NAME].filter(Boolean).join(' ')]))
}
