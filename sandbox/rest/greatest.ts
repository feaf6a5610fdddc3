/** The greatest of some numbers, and `least` at least: of more, too, than a function takes as arguments. */
export const greatest = (numbers: readonly number[], least: number): number =>
  numbers.reduce((most, number) => Math.max(most, number), least)
