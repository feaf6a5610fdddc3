import { map } from '../rest-method.ts'
import { filterRows, type Row } from '../select-rows.ts'

/** Whether an activity belongs to an item that is as described: its owner, or one whose address it uses. */
export const isBoundTo = ({ OWNER_TYPE_ID, OWNER_ID, COMMUNICATIONS }: Row, wanted: unknown): boolean => {
  const others = Object.values(map(COMMUNICATIONS)).map(map)
    .map(({ ENTITY_TYPE_ID, ENTITY_ID }): Row => ({ OWNER_TYPE_ID: ENTITY_TYPE_ID, OWNER_ID: ENTITY_ID }))
  const { OWNER_TYPE_ID: type, OWNER_ID: id } = map(wanted)
  return filterRows([{ OWNER_TYPE_ID, OWNER_ID }, ...others], {
    ...(type !== undefined && { OWNER_TYPE_ID: type }), ...(id !== undefined && { OWNER_ID: id })
  }).length > 0
}
