import { isAbsolute } from 'node:path'

/** Whether an option is as it must be, and how that is said. */
export type Rule = readonly [isMet: (value: unknown) => boolean, what: string]

/** A rule for each option of a plugin. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: Rule }

// What Fastify itself takes from the options of any plugin.
const ofFastify = ['prefix', 'logLevel', 'logSerializers']

/**
 * Checks the options of a plugin at registration, as plain JavaScript may pass anything.
 *
 * @throws TypeError `<plugin>: options.<name> must <what>`, or for an option that does not exist: a slip of the pen
 *   would set nothing
 */
export function checkOptions<Options extends object> (
  plugin: string, options: Options, rules: OptionRules<Options>
): void {
  const known = Object.keys(rules)
  const unknown = Object.keys(options).find(name => !known.includes(name) && !ofFastify.includes(name))
  if (unknown !== undefined) throw new TypeError(`${plugin} has no option "${unknown}"; it has ${known.join(', ')}`)
  for (const [name, [isMet, what]] of Object.entries<Rule>(rules)) {
    if (!isMet(Reflect.get(Object(options), name))) throw new TypeError(`${plugin}: options.${name} must ${what}`)
  }
}

/** The rule of an option that may be left out. */
export const optional = ([isMet, what]: Rule): Rule => [value => value === undefined || isMet(value), what]

/** Whether a value has these methods, as a store of installations has. */
export const hasMethods = (value: unknown, ...names: string[]): boolean =>
  typeof value === 'object' && value !== null && names.every(name => isFunction(Reflect.get(value, name)))

const isFunction = (value: unknown): value is () => unknown => typeof value === 'function'
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isAbsolutePath = (value: unknown): boolean => isText(value) && isAbsolute(value)
// What is longer, timers of Node.js make a millisecond of.
const most = 2 ** 31 - 1
const isUpToMost = (value: unknown): value is number => typeof value === 'number' && value <= most
const isSome = (value: unknown, isRight: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isRight)

const aboveZero: Rule = [value => isUpToMost(value) && value > 0, `be a number above 0, at most ${most}`]
const atLeast = (least: number): Rule =>
  [value => isUpToMost(value) && value >= least, `be a number from ${least} to ${most}`]
const delays: Rule = [value => isSome(value, atLeast(0)[0]), 'hold at least one number, and none below 0']
const days: Rule = [value => Number.isInteger(value) && Number(value) >= 0, 'be a whole number of days']
const flag: Rule = [value => typeof value === 'boolean', 'be true or false']
const text: Rule = [isText, 'be a text that is not empty']
const oneOf = (...texts: readonly unknown[]): Rule =>
  [value => texts.includes(value), `be one of ${texts.join(', ')}`]
const address: Rule = [value => isText(value) && URL.canParse(value), 'be an address']
const slashPath: Rule = [value => isText(value) && value.startsWith('/'), 'be a path that begins with a slash']
const absolutePath: Rule = [isAbsolutePath, 'be an absolute path']
const absolutePaths: Rule =
  [value => Array.isArray(value) && value.every(isAbsolutePath), 'be a list of absolute paths']
const callable: Rule = [isFunction, 'be a function']
const clock: Rule = [value => isFunction(value) && Number.isFinite(value()), 'be a function that returns a number']
const storeWith = (...methods: string[]): Rule =>
  [value => hasMethods(value, ...methods), 'be a store of installations']
/** Of authorization servers. What a call names is compared with them as an origin. */
const origins: Rule = [
  value => isSome(value, one => isText(one) && URL.parse(one)?.origin === one),
  'be a list of origins, such as https://oauth.bitrix.info'
]
const keys: Rule = [
  value => isSome(value, key => key instanceof Uint8Array && key.length === 32), 'be a list of keys of 32 bytes'
]
const insecurePortals: Rule = [
  value => typeof value === 'boolean' || (Array.isArray(value) && value.every(isText)),
  'be true, false or a list of hosts'
]

/** What options must be. */
export const rule = {
  aboveZero,
  absolutePath,
  absolutePaths,
  address,
  atLeast,
  callable,
  clock,
  days,
  delays,
  flag,
  insecurePortals,
  keys,
  oneOf,
  origins,
  slashPath,
  storeWith,
  text
}
