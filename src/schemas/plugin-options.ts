/**
 * For a plugin that checks its options at registration, as plain JavaScript may pass anything.
 *
 * @returns a function that throws `<plugin>: options.<name> must <what>` unless the condition is met
 */
export const optionsOf = <Options>(plugin: string) => (isMet: boolean, name: keyof Options & string, what: string) => {
  if (!isMet) throw new TypeError(`${plugin}: options.${name} must ${what}`)
}

/** Whether a value tells portals that may have plain http or private addresses. */
export const isInsecurePortals = (value: unknown): boolean =>
  typeof value === 'boolean' || (Array.isArray(value) && value.every(host => typeof host === 'string'))

/** Whether a value has this method, as a store of installations has. */
export const hasMethod = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && name in value && typeof Reflect.get(value, name) === 'function'
