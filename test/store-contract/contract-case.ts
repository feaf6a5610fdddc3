/** One behaviour that every store has, whatever database is below it. */
export interface ContractCase<S> {
  name: string
  /** `open` gives a store over an empty database. Rejects with an AssertionError when the store behaves differently. */
  run: (open: () => Promise<S>) => Promise<void>
}

/** A case that closes the stores it opened, whatever comes of it. */
export function contractCase<S extends { close: () => Promise<void> }> (
  name: string, check: (open: () => Promise<S>) => Promise<void>
): ContractCase<S> {
  return {
    name,
    async run (open) {
      const opened: S[] = []
      try {
        await check(async () => {
          const store = await open()
          opened.push(store)
          return store
        })
      } finally {
        await Promise.all(opened.map((store) => store.close()))
      }
    }
  }
}
