import t from 'tap'
import { initMyApp, startDev } from '../../my-app.ts'
import { runHere } from '../../tool.ts'

await t.test('dev: refuses ports and folders that cannot be', async t => {
  const application = t.testdir({})
  const port = 'must be the number of a port, or 0 for any that is free.\n'
  t.match(await runHere(t, ['dev', '--application', application, '--port', 'x']), { code: 2, stderr: `--port ${port}` })
  t.match(await runHere(t, ['dev', '--application', application, '--portal-port', '65536']),
    { code: 2, stderr: `--portal-port ${port}` })
  const none = /^There is no folder nowhere here\. Name the one of your application with --application, [^\n]+\n$/
  t.match(await runHere(t, ['dev', '--application', 'nowhere']), { code: 2, stderr: none })
  t.match(await runHere(t, ['dev'], { APPLICATION: 'nowhere' }), { code: 2, stderr: none })
  t.match(await runHere(t, ['dev'], { APPLICATION: '' }), { code: 2, stderr: /^There is no folder application here\./ })
  const folder = t.testdir({ '.env': 'APPLICATION=nowhere\n' })
  t.match(await runHere(t, ['dev'], {}, folder), { code: 2, stderr: none })
})

await t.test('dev: runs the application beside a portal until it is told to end', async t => {
  const { folder } = await initMyApp(t)
  const { openTab, stop } = await startDev(t, folder, { isMeasured: true })
  t.match(await openTab(), { status: 200, html: /Furniture for an office in Berlin/ })
  t.equal(await stop(), 0)
})

await t.test('dev: takes --tunnel with and without a value', async t => {
  const folder = ['--application', t.testdir({})]
  const noTunnel = { code: 2, stderr: /^No tunnel program is installed: install cloudflared, ngrok or cloudpub [^\n]+\n$/ }
  for (const args of [['--tunnel'], ['--tunnel', '--port', '0'], ['--tunnel=']]) {
    t.match(await runHere(t, ['dev', ...folder, ...args], { PATH: '' }), noTunnel, args.join(' '))
  }
  const notHttps = { code: 2, stderr: /^--tunnel must be an https:\/\/ address [^\n]+\n$/ }
  for (const args of [['--tunnel', 'http://my.example'], ['--tunnel=http://my.example', '--open']]) {
    t.match(await runHere(t, ['dev', ...folder, ...args]), notHttps, args.join(' '))
  }
  t.match(await runHere(t, ['dev', ...folder, '--tunnel', 'ngrock']), { code: 2, stderr: /did you mean ngrok\?\n$/ })
})
