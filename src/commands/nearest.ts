/** How many letters have to be put in, taken out or replaced to make one word of the other. */
export function distance (one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (const [column, its] of [...other].entries()) {
      const [above = 0, diagonal = 0, left = 0] = [row[column + 1], row[column], next[column]]
      next.push(Math.min(above + 1, left + 1, diagonal + Number(letter !== its)))
    }
    row = next
  }
  return Number(row.at(-1))
}

/** The word that was probably meant: it goes on as this one begins, or half of its letters are right. */
export function nearest (word: string, words: readonly string[]): string | undefined {
  const whole = words.find(known => word.length > 2 && known.startsWith(word))
  if (whole !== undefined) return whole
  const [best] = words.map(known => ({ known, far: distance(word, known) })).sort((one, other) => one.far - other.far)
  return best !== undefined && best.far <= best.known.length / 2 ? best.known : undefined
}
