/** What REST 3.0 says of a field of the request. */
export interface Violation { message: string, field: string }

/** An error of REST 3.0: `{error: {code, message, validation}}`. */
export class V3Error extends Error {
  readonly code: string
  readonly status: number
  readonly validation: Violation[] | undefined

  /** @param exception end of the code, such as ACCESSDENIED */
  constructor (exception: string, message: string, status = 400, validation?: Violation[]) {
    super(message)
    this.code = `BITRIX_REST_V3_EXCEPTION_${exception}EXCEPTION`
    this.status = status
    this.validation = validation
  }

  /** The body of the answer. */
  get body (): { error: object } {
    const { code, message, validation } = this
    return { error: { code, message, ...(validation && { validation }) } }
  }
}

/** Refuses a request that lacks these fields. */
export const requestError = (...fields: string[]): V3Error => new V3Error('VALIDATION_REQUESTVALIDATION',
  'Request object validation error', 400,
  fields.map(field => ({ message: `Required field \`${field}\` is not specified`, field })))
