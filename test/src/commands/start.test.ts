import { join } from 'node:path'
import t from 'tap'
import { sandbox } from '../../../sandbox/index.ts'
import { listening, run } from '../../app/process.ts'
import { environment, freePort } from '../../service.ts'

await t.test('start: runs the service until it is told to end', async t => {
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const env = environment(bitrix24, url, { DATABASE_URL: `sqlite:${join(t.testdir(), 'store.db')}` })
  const { child, ended, text } = run('src/cli.ts', env, { args: ['start'], isMeasured: true })
  t.after(() => { child.kill('SIGKILL') })
  t.equal(await listening(`${url}/health`), true, text())
  child.kill('SIGTERM')
  t.equal(await ended, 0)
})

await t.test('start: says which variables are missing', async t => {
  const { ended, text } = run('src/cli.ts', { PUBLIC_URL: '' }, { args: ['start'] })
  t.equal(await ended, 1)
  t.match(text(), /^PUBLIC_URL: missing/m)
})
