import { StoreUnavailableError } from '../errors.ts'

/** For `catch`: whatever a store throws becomes B24_ERR_STORE_UNAVAILABLE. */
export const storeUnavailable = (cause: unknown): never => { throw new StoreUnavailableError({ cause }) }
