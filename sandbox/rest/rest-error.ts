/** An error that a REST method answers: `{error, error_description}` with a status. */
export class RestError extends Error {
  readonly code: string
  readonly status: number
  /** Further keys of the answer, such as `argument`. */
  readonly extra: Record<string, unknown>

  constructor (code: string, description: string, status = 400, extra: Record<string, unknown> = {}) {
    super(description)
    this.code = code
    this.status = status
    this.extra = extra
  }

  /** The body of the answer. */
  get body (): Record<string, unknown> {
    return { error: this.code, error_description: this.message, ...this.extra }
  }
}

/** An error with a text and no code, as many methods of the CRM and the calendar have it. */
export const textError = (description: string): RestError => new RestError('', description)

/** A newer method lacks a parameter. */
export const missingError = (name: string): RestError =>
  new RestError('100', `Could not find value for parameter {${name}} (internal error)`)

/** Refuses a call of a newer method that lacks one of these parameters. */
export function requireParameters (params: Record<string, unknown>, ...names: string[]): void {
  for (const name of names) if (params[name.toUpperCase()] === undefined) throw missingError(name)
}

/** A newer method is given a value of another type than it takes, such as a scalar where it takes a map or a list. */
export const typeError = (name: string, value: unknown, type = 'array'): RestError => new RestError('100',
  `Invalid value {${String(value)}} to match with parameter {${name}}. ` +
    `Should be value of type ${type}. (internal error)`)

/** Refuses a call of a newer method that gives a scalar for one of these parameters, which are maps or lists. */
export function requireArrays (params: Record<string, unknown>, ...names: string[]): void {
  for (const name of names) {
    const { [name.toUpperCase()]: value } = params
    if (typeof value !== 'object' && value !== undefined) throw typeError(name, value)
  }
}

/** A missing or wrong parameter. */
export const argumentError = (argument: string, description = `Argument '${argument}' is null or empty`): RestError =>
  new RestError('ERROR_ARGUMENT', description, 400, { argument })
