import t from 'tap'
import { byteSize } from '../../../../routes/screens/document/byte-size.ts'

await t.test('sizes are written as people read them', async t => {
  const rows: Array<[bytes: number, tag: string, text: string]> = [
    [0, 'en', '0 byte'], [999, 'en', '999 byte'], [1000, 'en', '1 kB'], [1_550_000, 'de', '1,6 MB'], [5_000_000_000, 'en', '5 GB'], [2e16, 'en', '20,000 TB']
  ]
  for (const [bytes, tag, text] of rows) t.equal(byteSize(bytes, tag).replace(/\s/g, ' '), text)
})
