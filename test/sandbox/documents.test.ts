import t from 'tap'
import { documentServer } from '../../sandbox/documents.ts'
import { listen } from '../../sandbox/listen.ts'

await t.test('documents: each number has a document', async t => {
  const app = documentServer()
  t.after(() => app.close())
  const url = await listen(app)
  const answer = await fetch(`${url}/42`)
  t.match(await answer.text(), 'DELIVERY NOTE No. 42')
  t.match(answer.headers.get('content-disposition'), 'delivery-note-42.txt')
  t.equal(Number((await fetch(`${url}/42`, { method: 'HEAD' })).headers.get('content-length')),
    Number(answer.headers.get('content-length')))
  t.equal((await fetch(`${url}/nothing`)).status, 404)
})
