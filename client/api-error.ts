/** A call of `api` has failed. */
export class ApiError extends Error {
  override name = 'ApiError'
  /**
   * Stable: a code of the service (docs/errors.md) or of the portal around the page (`B24_FRAME_…`), or one of
   *
   * - `B24_API_UNREACHABLE`: the service does not answer
   * - `B24_API_UNREADABLE`: what answers is not the service
   * - `B24_API_PATH`: the path leads to another service
   */
  code: string
  /** Of HTTP; 0: there was no answer */
  status: number
  /** What the service answered, such as `requestId`, `portalCode` and `fields` */
  details: Record<string, unknown>

  /** @param message for the user, in their language */
  constructor (code: string, status: number, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.details = details
  }
}
