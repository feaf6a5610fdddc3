import { NO_TROUBLE } from './state.ts'
import type { Trouble } from './state.ts'

type Delay = 'authorizationServerDelay' | 'restDelay'

/** The values of each trouble that is not a delay. */
const values = {
  authorizationServer: ['none', 'down', 'nonsense', 'error'],
  rest: ['none', 'down', 'nonsense', 'limited', 'overtime', 'unpaid'],
  token: ['none', 'expired', 'revoked', 'foreign'],
  refresh: ['none', 'cut'],
  installation: ['none', 'unfinished'],
  access: ['none', 'denied'],
  events: ['none', 'dropped'],
  licence: ['none', 'enterprise', 'basic']
} satisfies { [Name in Exclude<keyof Trouble, Delay>]: Array<Trouble[Name]> }

const allowedValues = new Map<string, string[]>(Object.entries(values))
const delays: readonly string[] = ['authorizationServerDelay', 'restDelay'] satisfies Delay[]
/** Milliseconds. */
const LONGEST_DELAY = 60_000

/** What is wrong with a trouble: a sentence that names what is allowed. Undefined when it is fine. */
export function complaintAbout (name: string, value: unknown): string | undefined {
  if (delays.includes(name)) {
    const isDelay = typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY
    return isDelay ? undefined : `${name} is a number of milliseconds. Allowed: 0 to ${LONGEST_DELAY}.`
  }
  const allowed = allowedValues.get(name)
  if (!allowed) return `There is no trouble "${name}"; there are ${[...allowedValues.keys(), ...delays].join(', ')}.`
  return allowed.some(known => known === value)
    ? undefined
    : `${name} cannot have this value. Allowed: ${allowed.join(', ')}.`
}

/** The switches of a sandbox. A name or a value that does not exist throws a sentence that names what does. */
export function troubleSwitches (): Trouble {
  return new Proxy({ ...NO_TROUBLE }, {
    set (trouble, name, value) {
      const complaint = complaintAbout(String(name), value)
      if (complaint !== undefined) throw new TypeError(complaint)
      return Reflect.set(trouble, name, value)
    }
  })
}
