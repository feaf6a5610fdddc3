/** Options of an LRUCache of at most so many entries. With `max` it would take the memory of all of them at once. */
export const upTo = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 })
