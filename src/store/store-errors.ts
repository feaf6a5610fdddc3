import createError from '@fastify/error'

// Every message begins with where the address stands: DATABASE_URL, or an argument. None holds what may be a password.

/** Thrown for an address of a database that this version cannot open. */
export const StoreUrlError = createError<'B24_ERR_STORE_URL', [name: string, why: string]>('B24_ERR_STORE_URL', '%s: %s')

/** Thrown when a database cannot be reached or opened, does not let us in, or does not take our tables. */
export const StoreOpenError = createError<'B24_ERR_STORE_OPEN', [name: string, kind: string, why: string, options: ErrorOptions]>('B24_ERR_STORE_OPEN', '%s: %s cannot be used: %s')

/** Thrown when a database that is to be used as it is holds no store, or one of another version. */
export const StoreVersionError = createError<'B24_ERR_STORE_VERSION', [name: string, what: string]>('B24_ERR_STORE_VERSION', '%s: %s')

/** Thrown when a store is not to be copied into: it would lose something. */
export const StoreTargetError = createError<'B24_ERR_STORE_TARGET', [what: string]>('B24_ERR_STORE_TARGET', '%s')

/** Thrown when a copy of a store is not what it was copied from. */
export const StoreCopyError = createError<'B24_ERR_STORE_COPY', [table: string, what: string]>('B24_ERR_STORE_COPY', 'The copy of %s is not the same: %s. Stop what writes to either store, and run this again')
