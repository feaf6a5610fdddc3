import type { PortalRest, RestAnswer, RestCommand } from 'fastify-bitrix24'
import { isDeal, readRecord, type RecordKey } from './record.ts'
import { textOf } from './text.ts'

/**
 * A record as the user of the REST interface may see it, its stage and contact by their names.
 *
 * @throws as `readRecord`
 */
export async function readNamedRecord (rest: Pick<PortalRest, 'batch'>, key: RecordKey) {
  const record = await readRecord(rest, key)
  const { stage, pipelineId, contactId } = record
  const commands: Record<string, RestCommand> = {}
  if (stage !== undefined) {
    const filter = { ENTITY_ID: stagesOf(key, pipelineId), STATUS_ID: stage }
    commands['stage'] = { method: 'crm.status.list', params: { filter } }
  }
  if (contactId !== undefined) commands['contact'] = { method: 'crm.contact.get', params: { ID: contactId } }
  const names = await rest.batch(commands)
  const [directory] = [okOf<Array<{ NAME?: unknown }>>(names['stage'])].flat()
  // A user who sees the record may not see its contact.
  const person = okOf<{ NAME?: unknown, LAST_NAME?: unknown }>(names['contact'])
  return {
    ...record,
    stage: textOf(directory?.NAME) ?? stage,
    contact: person && {
      id: contactId, name: [person.NAME, person.LAST_NAME].map(textOf).filter(Boolean).join(' ') || `ID ${contactId}`
    }
  }
}

/** The directory of a type's stages. */
function stagesOf (key: RecordKey, pipelineId = 0): string {
  if (isDeal(key)) return pipelineId === 0 ? 'DEAL_STAGE' : `DEAL_STAGE_${pipelineId}`
  return `DYNAMIC_${key.entityTypeId}_STAGE_${pipelineId}`
}

/** The result of a command, as the docs of its method say; undefined where the portal refused it. */
const okOf = <T>(answer: RestAnswer | undefined): T | undefined =>
  answer !== undefined && 'ok' in answer ? answer.ok as T : undefined
