import { PortalRefusedError, type PortalRest, type RestAnswer, type RestCommand } from 'fastify-bitrix24'
import { RecordDeniedError, RecordMissingError } from '../errors.ts'
import { textOf } from './text.ts'

/** What names a record of the CRM. */
export interface RecordKey {
  id: number
  /** Of items: the smart process; undefined: a deal */
  entityTypeId?: number
}

/** Names of fields in the old methods. The new methods write camel case. */
const oldNames: Record<string, string> = {
  createdBy: 'CREATED_BY_ID',
  createdTime: 'DATE_CREATE',
  updatedTime: 'DATE_MODIFY',
  assignedById: 'ASSIGNED_BY_ID',
  stageId: 'STAGE_ID',
  currencyId: 'CURRENCY_ID',
  categoryId: 'CATEGORY_ID',
  contactId: 'CONTACT_ID'
}

/** The number of deals among the types of the CRM */
const dealTypeId = 2

/** Whether a key names a deal. */
export const isDeal = ({ entityTypeId = dealTypeId }: RecordKey): boolean => entityTypeId === dealTypeId

const commandOf = (key: RecordKey): RestCommand => isDeal(key)
  ? { method: 'crm.deal.get', params: { ID: key.id } }
  : { method: 'crm.item.get', params: { entityTypeId: key.entityTypeId, id: key.id } }

/** Path of the record's card on its portal. */
export const cardPath = (key: RecordKey): string =>
  isDeal(key) ? `/crm/deal/details/${key.id}/` : `/crm/type/${key.entityTypeId}/details/${key.id}/`

/**
 * Reads a record as the user of the REST interface.
 *
 * @throws {RecordMissingError}, {RecordDeniedError}, and the errors of `rest`
 */
export async function readRecord (rest: Pick<PortalRest, 'batch'>, key: RecordKey) {
  const answers = await rest.batch({ record: commandOf(key) })
  // A batch answers under the keys it was asked with.
  const answer = answers['record'] as RestAnswer
  if ('error' in answer) throw errorOf(answer)
  const row: unknown = isDeal(key) ? answer.ok : Object(answer.ok).item
  // PHP has several ways to say that there is none.
  if (typeof row !== 'object' || row === null) throw new RecordMissingError()
  return toRecord(row, key)
}

function errorOf ({ error, text }: { error: string, text: string }): Error {
  // The old methods have no codes for a record that is missing, or not for this user.
  const said = error === 'unknown' ? text.toLowerCase() : ''
  if (error === 'NOT_FOUND' || said.startsWith('not found')) return new RecordMissingError()
  const isDenied = ['ACCESS_DENIED', 'insufficient_scope'].includes(error) || said.startsWith('access denied')
  if (isDenied) return new RecordDeniedError()
  return new PortalRefusedError(error, text)
}

/** The fields that a person looks for first. Times are as the portal writes them: ISO 8601 with its own offset. */
function toRecord (row: object, { id }: RecordKey) {
  const text = (name: string): string | undefined => {
    const fields = row as Record<string, unknown>
    return textOf(fields[name] ?? fields[oldNames[name] ?? name.toUpperCase()])
  }
  const numberOf = (name: string): number | undefined => {
    const number = Number(text(name))
    return Number.isSafeInteger(number) && number > 0 ? number : undefined
  }
  const [value, currency] = [Number(text('opportunity')), text('currencyId')]
  return {
    title: text('title') ?? `ID ${id}`,
    stage: text('stageId'),
    pipelineId: numberOf('categoryId'),
    contactId: numberOf('contactId'),
    amount: value !== 0 && Number.isFinite(value) && currency !== undefined ? { value, currency } : undefined,
    responsibleId: numberOf('assignedById'),
    authorId: numberOf('createdBy'),
    createdAt: text('createdTime'),
    changedAt: text('updatedTime'),
    closesAt: text('closedate')
  }
}
