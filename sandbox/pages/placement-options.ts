import { catalogue } from '../placement-catalogue.ts'

/** What the portal sends with the placement when nobody changed it. */
export const exampleOf = (code: string): Record<string, unknown> | undefined => catalogue.get(code)?.example

/** Options that somebody typed as JSON; a sentence about the fault when they are none. Nothing typed is no value. */
export function readOptions (typed: unknown): { value?: unknown, fault?: string } {
  if (typeof typed !== 'string') return {}
  try {
    const value: unknown = JSON.parse(typed)
    return typeof value === 'object' && value !== null ? { value } : { fault: 'The options must be an object or a list.' }
  } catch (error) {
    return { fault: `This is no JSON. ${String(error)}` }
  }
}

/** The codes that have most words in common with an unknown one. */
export function nearCodes (unknown: string): string[] {
  const words = unknown.toUpperCase().split(/[^A-Z0-9]+/)
  const score = (code: string): number => code.split('_').filter(word => words.includes(word)).length
  return [...catalogue.keys()].sort((a, b) => score(b) - score(a)).slice(0, 5)
}
