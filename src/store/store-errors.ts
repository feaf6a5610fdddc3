import createError from '@fastify/error'

/** Thrown for an address of a database that this version cannot open. The message never holds the address. */
export const StoreUrlError = createError<'B24_ERR_STORE_URL', [why: string]>('B24_ERR_STORE_URL', 'DATABASE_URL: %s')

/** Thrown when PostgreSQL cannot be reached or does not let us in. The message is PostgreSQL's, without address and password. */
export const StoreUnreachableError = createError<'B24_ERR_STORE_UNREACHABLE', [why: string, options: ErrorOptions]>('B24_ERR_STORE_UNREACHABLE', 'DATABASE_URL: PostgreSQL does not answer: %s')
