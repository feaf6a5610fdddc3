import type { Entry } from '../../content.ts'
import { isPipeline } from '../crm/directories.ts'
import { statusRow } from '../crm/kept-directories.ts'
import { textError } from '../rest-error.ts'
import { scoped, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'
import { orderRows } from '../select-rows.ts'
import type { Row } from '../select-rows.ts'

/** The values of a directory in their order, in short. */
function items ({ params, token: { portal, lang } }: RestCall): Row[] {
  const directory = text(params.ENTITYID)
  if (!directory) throw textError('The parameter entityId is not defined or invalid.')
  const rows = portal.content.list('status', directory).map(entry => statusRow(entry, lang))
  return orderRows(rows, { SORT: 'ASC' })
    .map(({ NAME, SORT, STATUS_ID }) => ({ NAME, SORT: Number(SORT), STATUS_ID }))
}

/** The types of items whose stages a directory has, by how its name begins. */
const STAGES: Row = { STATUS: 1, DEAL: 2, QUOTE: 7, SMART: 31 }

/** A directory, with what is special about the stages of a pipeline. */
function directoryRow (ID: string, values: Entry[]): Row {
  const words = ID.toLowerCase().replaceAll('_', ' ')
  const NAME = words[0]?.toUpperCase() + words.slice(1)
  if (!isPipeline(ID)) return { ID, NAME }
  const code = (end: 'S' | 'F' | null): unknown =>
    values.find(({ fields }) => fields.SEMANTICS === end)?.fields.STATUS_ID
  const [PREFIX] = String(code(null)).split(/:.*/)
  const [, process, category] = /^(?:DYNAMIC_(\d+))?.*?(?:_(\d+))?$/.exec(ID) ?? []
  const isOld = process === undefined && !ID.startsWith('SMART')
  return {
    ID,
    NAME,
    SEMANTIC_INFO: isOld
      ? { START_FIELD: code(null), FINAL_SUCCESS_FIELD: code('S'), FINAL_UNSUCCESS_FIELD: code('F'), FINAL_SORT: 0 }
      : [],
    ENTITY_TYPE_ID: STAGES[ID.replace(/_.*/, '')] ?? Number(process),
    ...(ID === 'DEAL_STAGE' && { FIELD_ATTRIBUTE_SCOPE: '', CATEGORY_ID: 0 }),
    ...(category !== undefined && {
      PREFIX,
      FIELD_ATTRIBUTE_SCOPE: `category_${category}`,
      CATEGORY_ID: isOld ? category : Number(category),
      ...(isOld ? { PARENT_ID: 'DEAL_STAGE' } : { IS_ENABLED: true })
    })
  }
}

function directories ({ token: { portal } }: RestCall): Row[] {
  const values = portal.content.list('status')
  return [...new Set(values.map(({ parent }) => parent))].map(name =>
    directoryRow(name, values.filter(({ parent }) => parent === name)))
}

/** Which directories there are, and what is in one: crm.status.entity.items, .types. */
export const statusEntityMethods: RestMethods = scoped(['crm'], {
  'crm.status.entity.items': items,
  'crm.status.entity.types': directories
})
