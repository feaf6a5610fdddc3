export type FrameErrorCode =
  | 'B24_FRAME_OUTSIDE' // the page is not in a portal
  | 'B24_FRAME_NO_ANSWER' // of the portal, in time
  | 'B24_FRAME_BAD_ANSWER' // no JSON, or not what was asked for
  | 'B24_FRAME_REFUSED' // by the portal
  | 'B24_FRAME_CLOSED' // by destroy()

export class FrameError extends Error {
  override name = 'FrameError'
  code: FrameErrorCode

  constructor (code: FrameErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** A REST method failed. */
export class RestError extends Error {
  override name = 'RestError'
  /** The portal's code, `NETWORK_ERROR`, `REQUEST_TIMEOUT`, or `BAD_ANSWER` for what is no answer of a portal */
  code: string
  /** Of HTTP; 0: there was no answer */
  status: number

  constructor (code: string, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}
