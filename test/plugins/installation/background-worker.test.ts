import t from 'tap'
import { createBackgroundWorker } from '../../../plugins/installation/background-worker.ts'

await t.test('background worker: binds nothing again that is no longer declared', async t => {
  const rebound: string[] = []
  for (const codes of [['LEFT_MENU'], ['PAGE_*']]) {
    const worker = createBackgroundWorker({
      url: 'https://service.example/events/worker',
      keys: [Buffer.alloc(32)],
      placements: () => codes.map(code => ({ code, source: '' })),
      rebind: async memberId => { rebound.push(memberId) },
      log: { warn: () => {}, error: () => {} },
      now: Date.now
    })
    worker.takeError(Object.fromEntries(new URL(worker.addressFor(codes.join())).searchParams))
    await worker.close()
  }
  t.strictSame(rebound, ['PAGE_*'])
})
