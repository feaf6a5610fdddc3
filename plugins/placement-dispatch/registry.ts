import {
  PlacementAmbiguousError, PlacementBareError, PlacementCodeError, PlacementDuplicatedError
} from '../../src/errors.ts'
import { isBare, matchesPattern } from '../../src/schemas/placement-code.ts'
import type { Texts } from '../../src/schemas/placement.ts'

/** What a plugin says of the placement it handles. */
export interface PlacementDeclaration {
  /** A code, or a pattern of a family with `*` in it */
  code: string
  /** Shown on the tab, button or menu item. Without it the portal shows the application's name */
  title?: Texts
  description?: Texts
  /** Heading under which some placements are grouped */
  groupName?: Texts
  /** OPTIONS of placement.bind, for placements that take some */
  bindOptions?: Readonly<Record<string, string | number>>
  /** false: the installation leaves it alone, for placements that other methods register (userfieldtype.add, …) */
  bind?: boolean
  /** The file that declared it: what a boot error names */
  source: string
}

export interface PlacementRegistry<T extends PlacementDeclaration> {
  /** Errors: PlacementCodeError, PlacementBareError, PlacementDuplicatedError, PlacementAmbiguousError. */
  add: (declaration: T) => void
  /** The declaration of exactly this code, else of the family it belongs to. */
  find: (code: string) => T | undefined
  all: () => readonly T[]
}

// Landing blocks are named after their block, with dots and lower case; all other codes are upper case.
const allowed = /^[A-Za-z0-9_.*]{1,100}$/

/** Whether some code is matched by both patterns. Walks both at once; a star stands for one or more characters. */
function overlap (one: string, other: string): boolean {
  if (one === '' || other === '') return one === other
  if (one.startsWith('*') || other.startsWith('*')) {
    const [star, rest] = one.startsWith('*') ? [one, other] : [other, one]
    // The star takes the first character of the other side and either goes on or ends.
    return rest.startsWith('*')
      ? overlap(star.slice(1), rest.slice(1)) || overlap(star.slice(1), rest) || overlap(star, rest.slice(1))
      : overlap(star, rest.slice(1)) || overlap(star.slice(1), rest.slice(1))
  }
  return one[0] === other[0] && overlap(one.slice(1), other.slice(1))
}

/** The declared codes and families. Some portals send a pattern itself (`LANDING_BLOCK_*`): it is found as well. */
export function createPlacementRegistry<T extends PlacementDeclaration> (): PlacementRegistry<T> {
  const exact = new Map<string, T>()
  const families: T[] = []
  return {
    add (declaration) {
      const { code, source } = declaration
      if (!allowed.test(code)) throw new PlacementCodeError(code)
      if (isBare(code)) throw new PlacementBareError(code, source)
      const other = exact.get(code)
      if (other !== undefined) throw new PlacementDuplicatedError(code, other.source, source)
      const rival = code.includes('*') ? families.find(family => overlap(family.code, code)) : undefined
      if (rival !== undefined) throw new PlacementAmbiguousError(`${rival.code} and ${code}`, rival.source, source)
      exact.set(code, declaration)
      if (code.includes('*')) families.push(declaration)
    },
    find: code => exact.get(code) ?? families.find(family => matchesPattern(family.code, code)),
    all: () => [...exact.values()]
  }
}
