import { Type } from '@sinclair/typebox'

const parts = {
  error: Type.String({ description: 'Stable code' }),
  portalCode: Type.Optional(Type.String({ description: "The portal's own code, where it refused a REST call" })),
  status: Type.Integer({ description: 'HTTP status' }),
  message: Type.Optional(Type.String({ description: 'What the user may be told, in their language' })),
  requestId: Type.String({ description: 'Finds the call in the log of the service' })
}

/** Why a call of the API was refused. */
const ErrorSchema = Type.Object(parts, { description: 'Refused' })

/** Why a call of the API was refused, field by field. */
export const FieldsErrorSchema = Type.Object({
  ...parts,
  message: Type.Optional(Type.String({ description: 'Of what belongs to no field, such as a link that is too long' })),
  fields: Type.Optional(Type.Array(Type.Object({
    parameter: Type.String({ description: 'Path of names, such as filter.city' }),
    reason: Type.String({ description: 'required, type, range, length, format or undeclared' }),
    expected: Type.String()
  }), { description: 'One for each field that does not fit' }))
}, { description: 'Something in the call does not fit' })

/** The refusals of a route, by status, for its `schema.response`. */
export const errorResponses = <Status extends number>(...statuses: Status[]) =>
  // A list of statuses becomes an object with these keys.
  Object.fromEntries(statuses.map(status => [status, ErrorSchema])) as Record<Status, typeof ErrorSchema>
