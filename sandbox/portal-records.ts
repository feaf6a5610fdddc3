/** An employee of the company whose portal it is. */
export interface SandboxUser {
  id: number
  name: string
  lastName: string
  admin: boolean
  /** What user.add and user.update have written, by the names of the fields. */
  profile?: Record<string, unknown>
}

/** A handler stored by placement.bind; the same fields as a row of placement.get. */
export interface PlacementRow {
  id: number
  placement: string
  userId: number
  handler: string
  options: Record<string, unknown>
  title: string
  description: string
  langAll: Record<string, { TITLE: string, DESCRIPTION: string, GROUP_NAME: string }>
  /** Of a type of custom fields, which userfieldtype.add stored. */
  userTypeId?: string
}

/** A handler stored by event.bind. */
export interface EventRow {
  event: string
  handler: string
  /** The user on whose behalf events are sent; 0 for the user who acted. */
  authType: number
  /** For ONOFFLINEEVENT: how many seconds are between two of them at least. */
  minTimeout?: number
}

/** A pair of tokens. `expiresAt` is in Unix seconds. */
export interface Grant {
  accessToken: string
  refreshToken: string
  expiresAt: number
}
