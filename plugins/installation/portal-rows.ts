// Reads what a portal has and offers; what is of another form is left out.
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

// More rows than any portal has. A portal may answer anything.
const maxRows = 1000
const toList = (answer: unknown): unknown[] => Array.isArray(answer) ? answer.slice(0, maxRows) : []

// Characters. The longest code has half of them.
const maxCode = 100

// An empty map of PHP arrives as a list.
const EmptyList = Type.Array(Type.Unknown())
const PlacementRowSchema = Type.Object({
  placement: Type.String(),
  handler: Type.String(),
  userId: Type.Optional(Type.Unknown()),
  options: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), EmptyList])),
  langAll: Type.Optional(
    Type.Union([Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())), EmptyList])
  )
})
/** A row of placement.get. Source: Bitrix24 REST docs, api-reference/widgets/placement-get.md. */
export type PlacementRow = Static<typeof PlacementRowSchema>
const EventRowSchema = Type.Object({ event: Type.String(), handler: Type.String() })
/** A row of event.get that has a handler. Source: Bitrix24 REST docs, api-reference/events/event-get.md. */
export type EventRow = Static<typeof EventRowSchema>

/** Reads what placement.get answered. */
export const toPlacementRows = (answer: unknown): PlacementRow[] =>
  toList(answer).filter(row => Value.Check(PlacementRowSchema, row))
/** Reads what event.get answered, without offline events. */
export const toEventRows = (answer: unknown): EventRow[] =>
  toList(answer).filter(row => Value.Check(EventRowSchema, row))
/** Reads what placement.list or scope answered. What is bound is kept, and read with every call of the portal. */
export const toCodes = (answer: unknown): string[] =>
  toList(answer).filter(code => typeof code === 'string').filter(code => code.length <= maxCode)
