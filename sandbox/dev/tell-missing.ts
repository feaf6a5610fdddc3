import type { Wire } from '../wire.ts'

/** Says once what the application has asked for and the sandbox lacks: there is no mistake in the application then. */
export function tellMissing (wire: Wire): void {
  const told = new Set<string>()
  wire.subscribe(({ outcome = '' }) => {
    for (const sentence of outcome.split(/, |: /)) {
      if (!sentence.endsWith(' is not in the sandbox') || told.has(sentence)) continue
      told.add(sentence)
      console.log(`${sentence}. A portal may have it; a test can add a method.`)
    }
  })
}
