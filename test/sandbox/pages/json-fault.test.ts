import t from 'tap'
import { jsonFault } from '../../../sandbox/pages/json-fault.ts'

const rows: Array<[text: string, beginning: string]> = [
  ['', 'In line 1, column 1 something is missing.'],
  ['{"ID": oops}', 'In line 1, column 8 oops cannot stand.'],
  ['{\n  "a": 1,\n  "b": tru\n}', 'In line 3, column 8 tru cannot stand.'],
  ['{"a": nope, "b": [1, 2]}', 'In line 1, column 7 nope cannot stand.'],
  ['{"a": 1,}', 'In line 1, column 9 } cannot stand.'],
  ['[1,]', 'In line 1, column 4 ] cannot stand.'],
  ['{"a" 1}', 'In line 1, column 6 1 cannot stand.'],
  ["{'a': 1}", "In line 1, column 2 'a': cannot stand."],
  ['{"a": 1', 'In line 1, column 8 something is missing.'],
  ['{"a": 1} x', 'In line 1, column 10 x cannot stand.']
]

await t.test('json fault: finds the first fault, whatever the parser says', async t => {
  for (const [text, beginning] of rows) t.match(jsonFault(text), beginning, text)
})

await t.test('json fault: finds nothing in JSON', async t => {
  for (const text of ['{}', ' [1, {"a": null}]\n', '7']) t.equal(jsonFault(text), undefined, text)
})
