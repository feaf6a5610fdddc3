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

/** A method that is missing here, while a portal may have it: the wire says so. */
export class NotInTheSandbox extends RestError {
  /** What the wire says beside the code. */
  readonly sentence: string

  constructor (method: string) {
    super('ERROR_METHOD_NOT_FOUND', 'Method not found!', 404)
    this.sentence = `${method} is not in the sandbox`
  }
}

/** What the wire says of a refusal. */
export function outcomeOf (error: RestError): string {
  const code = error.code || error.message
  return error instanceof NotInTheSandbox ? `${code}: ${error.sentence}` : code
}

/** A missing or wrong parameter. */
export const argumentError = (argument: string, description = `Argument '${argument}' is null or empty`): RestError =>
  new RestError('ERROR_ARGUMENT', description, 400, { argument })
