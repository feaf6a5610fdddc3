/**
 * Lets work on one thing run one after the other, and work on different things side by side.
 * Out: a function that runs `work` when everything started before under the same key has ended, well or not.
 */
export function createTurns (): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).catch(() => undefined).then(work)
    last.set(key, turn)
    turn.finally(() => { if (last.get(key) === turn) last.delete(key) }).catch(() => undefined)
    return turn
  }
}
