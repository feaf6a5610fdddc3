import { openable } from '../placement-catalogue.ts'
import { jsonFault } from './json-fault.ts'

/** Options that somebody typed as JSON; a sentence about the fault when they are none. Nothing typed is no value. */
export function readOptions (typed: unknown): { value?: unknown, fault?: string } {
  if (typeof typed !== 'string' || typed.trim() === '') return {}
  const fault = jsonFault(typed)
  if (fault !== undefined) return { fault }
  const value: unknown = JSON.parse(typed)
  return typeof value === 'string' || (typeof value === 'object' && value !== null)
    ? { value } // a portal sends "undefined" for some settings of telephony
    : { fault: 'The options must be an object, a list or a text, as {"ID": "7"}.' }
}

/** The codes that have most words in common with an unknown one. */
export function nearCodes (unknown: string): string[] {
  const words = unknown.toUpperCase().split(/[^A-Z0-9]+/)
  const score = (code: string): number => code.split('_').filter(word => words.includes(word)).length
  return [...openable.keys()].sort((a, b) => score(b) - score(a)).slice(0, 5)
}
