/** What REST 3.0 says of a field of the request. */
export interface Violation { message: string, field?: string }

/** An error of REST 3.0: `{error: {code, message, validation}}`. */
export class V3Error extends Error {
  readonly code: string
  readonly status: number
  readonly validation: Violation[] | undefined

  /** @param exception end of the code, such as ACCESSDENIED */
  constructor (exception: string, message: string, status = 400, validation?: Violation[]) {
    super(message)
    const space = exception === 'FIELDNOTFOUND' ? 'REALISATION_EXCEPTION' : 'EXCEPTION'
    this.code = `BITRIX_REST_V3_${space}_${exception}EXCEPTION`
    this.status = status
    this.validation = validation
  }

  /** The body of the answer. */
  get body (): { error: object } {
    const { code, message, validation } = this
    return { error: { code, message, ...(validation && { validation }) } }
  }
}

/** Refuses what is wrong with these fields. */
export const violationError = (violations: Violation[]): V3Error =>
  new V3Error('VALIDATION_REQUESTVALIDATION', 'Request object validation error', 400, violations)

/** Refuses the value of a field. */
export const invalid = (field: string, message: string): V3Error => violationError([{ message, field }])

/** Refuses a request that lacks these fields. */
export const requestError = (...fields: string[]): V3Error =>
  violationError(fields.map(field => ({ message: `Required field \`${field}\` is not specified`, field })))

/** Refuses who may not do it, or what does not exist. */
export const accessDenied = (): V3Error => new V3Error('ACCESSDENIED', 'Access denied', 403)
