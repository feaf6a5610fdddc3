import type { Entry, NewEntry } from '../../content.ts'
import type { Portal } from '../../portal.ts'
import type { Row } from '../select-rows.ts'

const example = (title: string, parent: string, UF_HEAD?: string): NewEntry =>
  ({ kind: 'department', authorId: 1, title, parent, fields: { SORT: 500, UF_HEAD } })

/** The head office and what belongs to it. */
export const departmentExamples: readonly NewEntry[] = [
  example('Head office', '', '1'), example('Logistics', '1', '2'), example('Design', '1'), example('Accounting', '1')
]

export const departmentsOf = ({ content }: Portal): Entry[] => content.list('department')

/** A department as department.get shows it; what it does not have is left out. */
export const departmentRow = ({ id, title, parent, fields: { SORT, UF_HEAD } }: Entry): Row => ({
  ID: String(id),
  NAME: title,
  SORT,
  ...(parent !== '' && { PARENT: parent }),
  ...(UF_HEAD !== undefined && { UF_HEAD })
})

/** A department and those above it, the nearest first. */
export function departmentsAbove (portal: Portal, id: number): Entry[] {
  const own = portal.content.find('department', id)
  return own ? [own, ...departmentsAbove(portal, Number(own.parent))] : []
}
