import t from 'tap'
import { freePort } from '../service.ts'
import { run } from '../app/process.ts'

await t.test('npm run demo: prints one address, and leaves no process behind', async t => {
  const [port, portalPort] = [await freePort(), await freePort()]
  const { child, ended, output, text } = run('sandbox/demo.ts', { PORT: String(port), PORTAL_PORT: String(portalPort) })
  t.after(() => { child.kill('SIGKILL') })
  while (!text().includes('Open http')) await new Promise(resolve => child.stdout.once('data', resolve))
  t.notMatch(text(), 'ALLOW_INSECURE_PORTALS', 'no warning about what the demo itself has set')
  const address = /Open (http:\S+)/.exec(text())?.[1] ?? ''
  t.equal(address, `http://localhost:${portalPort}/`)
  t.equal((await fetch(address)).status, 200)
  t.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200)
  child.kill('SIGTERM')
  t.equal(await ended, 0, output.join(''))
  const isAlive = await fetch(`http://127.0.0.1:${port}/health`).then(() => true, () => false)
  t.equal(isAlive, false, 'the service has ended too')
})
