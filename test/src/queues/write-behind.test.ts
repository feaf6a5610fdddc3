import t from 'tap'
import { queueLengths } from '../../../src/queues/lengths.ts'
import { createWriteBehind } from '../../../src/queues/write-behind.ts'

interface Note { owner: string, key: string, text: string }

await t.test('write-behind: of two values with one key, the later one is written', async t => {
  const written: Note[] = []
  const buffer = createWriteBehind<Note>({
    name: 'notes',
    ownerOf: ({ owner }) => owner,
    keyOf: ({ key }) => key,
    bytesOf: ({ text }) => text.length,
    write: async batch => { written.push(...batch) },
    purge: async () => {},
    what: 'notes',
    log: { info: () => t.fail('nothing to log'), error: () => t.fail('nothing to log') }
  })
  for (const text of ['first', 'second']) buffer.add({ owner: 'm1', key: 'a', text })
  buffer.add({ owner: 'm2', key: 'a', text: 'of another owner' })
  t.equal(queueLengths().get('notes'), 2)
  await buffer.close()
  t.equal(queueLengths().get('notes'), 0)
  t.strictSame(written.map(({ text }) => text).sort(), ['of another owner', 'second'])
})

await t.test('write-behind: what came while a batch was refused is newer than the batch', async t => {
  const written: string[] = []
  let isFull = true
  const buffer = createWriteBehind<Note>({
    name: 'notes',
    ownerOf: ({ owner }) => owner,
    keyOf: ({ key }) => key,
    bytesOf: ({ text }) => text.length,
    async write (batch) {
      if (!isFull) written.push(...batch.map(({ text }) => text))
      else {
        isFull = false
        buffer.add({ owner: 'm1', key: 'a', text: 'newer' })
        throw new Error('the store is full')
      }
    },
    purge: async () => {},
    what: 'notes',
    log: { info: () => {}, error: () => {} }
  })
  buffer.add({ owner: 'm1', key: 'a', text: 'older' })
  await buffer.flush()
  await buffer.close()
  t.strictSame(written, ['newer'])
})
