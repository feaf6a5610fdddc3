import type { PortalRest, RestAnswer, RestCommand } from 'fastify-bitrix24'
import { readRecord } from './record.ts'

/**
 * A deal as the user of the REST interface may see it, its stage and contact by their names.
 *
 * @throws as `readRecord`
 */
export async function readDeal (rest: Pick<PortalRest, 'batch'>, id: number) {
  const record = await readRecord(rest, { id })
  const { stage, pipelineId, contactId } = record
  const stages = pipelineId === undefined ? 'DEAL_STAGE' : `DEAL_STAGE_${pipelineId}`
  const commands: Record<string, RestCommand> = {
    stage: { method: 'crm.status.list', params: { filter: { ENTITY_ID: stages, STATUS_ID: stage } } }
  }
  if (contactId !== undefined) commands['contact'] = { method: 'crm.contact.get', params: { ID: contactId } }
  const names = await rest.batch(commands)
  const [{ NAME: stageName = stage } = {}] = okOf<Array<{ NAME?: string }>>(names['stage']) ?? []
  // A user who sees the deal may not see its contact.
  const person = okOf<{ NAME?: string, LAST_NAME?: string }>(names['contact'])
  return {
    ...record,
    stage: stageName,
    contact: person && { id: contactId, name: [person.NAME, person.LAST_NAME].filter(Boolean).join(' ') }
  }
}

/** The result of a command, as the docs of its method say; undefined where the portal refused it. */
const okOf = <T>(answer: RestAnswer | undefined): T | undefined =>
  answer !== undefined && 'ok' in answer ? answer.ok as T : undefined
