import type { Entry } from '../../content.ts'
import type { Portal, SandboxUser } from '../../portal.ts'
import { departmentsAbove } from '../people/departments.ts'
import { departmentIds } from '../people/user-row.ts'
import { text, texts } from '../rest-method.ts'
import type { RestMethods } from '../rest-method.ts'
import type { Row } from '../select-rows.ts'

/** Codes of everybody, and of the author, whom nobody is. */
const OTHERS: Record<string, string> = { G2: 'All visitors', AU: 'All authorized users', CR: 'Author' }

const aboveOf = (portal: Portal, user: SandboxUser): Entry[] =>
  departmentsAbove(portal, departmentIds(user)[0] ?? 0)

/** The codes of the first department of a person, and of those above it. */
const departmentsOf = (portal: Portal, user: SandboxUser): string[] =>
  aboveOf(portal, user).flatMap((entry, index) => [...index === 0 ? [`D${entry.id}`] : [], `DR${entry.id}`])

/** The codes of people who have this one as a supervisor, and the own one. */
const supervisedBy = (portal: Portal, { id }: SandboxUser): string[] => portal.people
  .filter(user => user.id === id ||
    aboveOf(portal, user).some(({ fields }) => fields.UF_HEAD === String(id)))
  .map(user => `IU${user.id}`)

/** What a code is called; undefined for one that does not exist. */
function nameOf (portal: Portal, code: string): Row | undefined {
  if (Object.hasOwn(OTHERS, code)) return { provider: '', name: OTHERS[code], provider_id: 'other' }
  const [, kind, id] = /^(I?U|DR?)(\d+)$/.exec(code) ?? []
  const user = portal.user(Number(id))
  const department = portal.content.find('department', Number(id))
  if (kind?.endsWith('U')) {
    return user && {
      provider: 'User', name: `${user.name} ${user.lastName}`, provider_id: kind === 'U' ? 'user' : 'intranet'
    }
  }
  return department && { provider: 'Department', name: department.title, provider_id: 'intranet' }
}

/** Access codes, of people and departments: user.access, access.name. */
export const accessMethods: RestMethods = {
  'access.name': {
    run ({ params: { ACCESS }, token: { portal } }) {
      const codes = texts(ACCESS)
      if (codes.length === 0) return false
      return Object.fromEntries(codes.map(code => [code, nameOf(portal, code)]).filter(([, name]) => name))
    }
  },
  'user.access': {
    run ({ params: { ACCESS }, token: { portal, user } }) {
      const codes = typeof ACCESS === 'object' ? texts(ACCESS) : [text(ACCESS)]
      const own = ['G2', 'AU', `U${user.id}`, ...departmentsOf(portal, user), ...supervisedBy(portal, user)]
      return user.admin || codes.some(code => own.includes(code))
    }
  }
}
