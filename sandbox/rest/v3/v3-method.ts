import type { RestCall } from '../rest-method.ts'

/** A method of REST 3.0: gives the value of `result`. */
export type V3Method = (call: RestCall) => object

/** Names of methods and the methods. */
export type V3Methods = Record<string, V3Method>
