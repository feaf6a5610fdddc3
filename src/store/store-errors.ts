import createError from '@fastify/error'

/** Thrown for an address of a database that this version cannot open. The message never holds the address. */
export const StoreUrlError = createError<'B24_ERR_STORE_URL', [why: string]>('B24_ERR_STORE_URL', 'DATABASE_URL: %s')

/** Thrown when PostgreSQL cannot be reached, does not let us in or is not of this version. The message never holds the password. */
export const StoreOpenError = createError<'B24_ERR_STORE_OPEN', [why: string, options: ErrorOptions]>('B24_ERR_STORE_OPEN', 'DATABASE_URL: PostgreSQL cannot be used: %s')

/** Thrown when a store that is to be copied was not written by this version. */
export const StoreVersionError = createError('B24_ERR_STORE_VERSION', 'The store to copy from was written by another version: start the service of this version on it once')

/** Thrown when a copy of a store is not what it was copied from. */
export const StoreCopyError = createError<'B24_ERR_STORE_COPY', [table: string, what: string]>('B24_ERR_STORE_COPY', 'The copy of %s is not the same: %s')
