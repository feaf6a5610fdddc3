import { StoreUnavailableError } from '../errors.ts'

/** For `catch`: wraps what a store throws. */
export const storeUnavailable = (cause: unknown): never => { throw new StoreUnavailableError({ cause }) }
