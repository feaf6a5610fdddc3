type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** `same<A, B>(true)` compiles only when both types are the same. */
export const same = <A, B>(yes: Same<A, B>) => yes
