/**
 * TypeScript finds a misspelled option by itself; this is for JavaScript, and for options that are put together before.
 *
 * @throws TypeError with a sentence that names the option and those that exist
 */
export function checkOptions<Options extends object> (
  where: string, options: Options, known: Record<keyof Options, true>
): void {
  const unknown = Object.keys(options).find(name => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  throw new TypeError(`${where} has no option "${unknown}"; it has ${Object.keys(known).join(', ')}.`)
}
