/** Resolves when the condition holds; rejects after a minute. */
export async function until (condition: () => unknown): Promise<void> {
  const end = Date.now() + 60_000
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`not true within a minute: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
