const RULES = 'Names and texts stand in double quotes, a comma stands between two entries and none after the last, ' +
  'and every bracket is closed.'

function complaintOf (text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    // JSON.parse throws nothing else.
    return (error as SyntaxError).message
  }
}

/**
 * Where the parser stumbles. For an unexpected token it does not say so; then it is where the shortest beginning with
 * that complaint ends.
 */
function positionOf (text: string, complaint: string): number {
  const position = /at position (\d+)/.exec(complaint)?.[1]
  if (position !== undefined) return Number(position)
  let [sound, faulty] = [0, text.length + 1]
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1
    if (complaintOf(text.slice(0, middle)).startsWith('Unexpected token')) faulty = middle
    else sound = middle
  }
  // A misspelled null is pointed out as a whole.
  return text.slice(0, faulty - 1).search(/\w*$/)
}

/**
 * A sentence about the first fault in a text that should be JSON, with its line and column, both from 1; undefined when
 * it is JSON.
 */
export function jsonFault (text: string): string | undefined {
  const complaint = complaintOf(text)
  if (complaint === '') return undefined
  const position = positionOf(text, complaint)
  const lines = text.slice(0, position).split('\n')
  const found = /^(?:[^\s,\]}]{1,20}|\S)/.exec(text.slice(position))?.[0]
  const where = found === undefined ? 'something is missing' : `${found} cannot stand`
  return `In line ${lines.length}, column ${Number(lines.at(-1)?.length) + 1} ${where}. ${RULES}`
}
