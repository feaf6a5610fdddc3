import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findTunnel } from '../../../../sandbox/dev/tunnel/find-tunnel.ts'
import { startTunnel } from '../../../../sandbox/dev/tunnel/start-tunnel.ts'
import { writeProgram } from '../../../tunnel.ts'
import { until } from '../../../until.ts'

/** Starts a program that is written for the test. Its arguments, and its process id, are in files of its folder. */
function start (t: Test, name: string, script: string, patience?: number) {
  const folder = t.testdir({})
  const keep = `echo "$@" > ${folder}/args; echo $$ > ${folder}/pid`
  writeProgram(folder, name === 'cloudpub' ? 'clo' : name, `${keep}\n${script}`)
  const tunnel = startTunnel(findTunnel(name, folder), 3000, patience)
  t.after(() => tunnel.close())
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim()
  return { tunnel, read, folder }
}

function isRunning (pid: string): boolean {
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}

const wait = 'while :; do sleep 0.05; done'

// What the programs print: cloudflared 2025.8, ngrok 3, clo 2.4.
const boxed = (text: string) => `2026-11-26T10:00:02Z INF |  ${text}  |`
const outputs: Array<[name: string, printed: string[], address: string, args: string]> = [
  ['cloudflared', [
    '2026-11-26T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...',
    '2026-11-26T10:00:01Z INF https://api.trycloudflare.com has answered',
    '2026-11-26T10:00:02Z INF +--------------------------------------------------------------------------+',
    boxed('Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):'),
    boxed('https://purple-rain-4d7f.trycloudflare.com              '),
    '2026-11-26T10:00:03Z INF Registered tunnel connection connIndex=0 connection=0a1b location=fra01 protocol=quic'
  ], 'https://purple-rain-4d7f.trycloudflare.com',
  'tunnel --config /dev/null --no-autoupdate --url http://127.0.0.1:3000'],
  ['ngrok', [
    't=2026-11-26T10:00:00+0000 lvl=info msg="no configuration paths supplied"',
    't=2026-11-26T10:00:01+0000 lvl=info msg="starting web service" obj=web addr=127.0.0.1:4040',
    't=2026-11-26T10:00:02+0000 lvl=info msg="started tunnel" obj=tunnels name=command_line ' +
      'addr=http://127.0.0.1:3000 url=https://ab12-203-0-113-7.ngrok-free.app'
  ], 'https://ab12-203-0-113-7.ngrok-free.app', 'http http://127.0.0.1:3000 --log stdout --log-format logfmt'],
  ['cloudpub', [
    'Доступна новая версия: 9.9. См. https://cloudpub.ru',
    'Сервис опубликован: http://127.0.0.1:3000 -> \u001b[32mhttps://wildly-suitable-fish.cloudpub.ru:443\u001b[0m'
  ], 'https://wildly-suitable-fish.cloudpub.ru', 'publish http 127.0.0.1:3000']
]

for (const [name, printed, address, args] of outputs) {
  await t.test(`start tunnel: reads the address that ${name} prints`, async t => {
    const lines = printed.map(line => `echo '${line}'${name === 'cloudflared' ? ' >&2' : ''}`)
    const { tunnel, read } = start(t, name, [...lines, wait].join('\n'))
    t.equal(await tunnel.opened, address)
    t.equal(read('args'), args)
    await tunnel.close()
    t.notOk(isRunning(read('pid')))
  })
}

await t.test('start tunnel: waits until cloudflared is connected', async t => {
  const printed = `echo '${boxed('https://a-b.trycloudflare.com')}'`
  const { tunnel, folder } = start(t, 'cloudflared',
    `${printed}\nwhile [ ! -e "$(dirname "$0")/go" ]; do sleep 0.05; done; echo 'INF Registered tunnel'; ${wait}`)
  let isOpen = false
  tunnel.opened.then(() => { isOpen = true }, () => {})
  await until(() => existsSync(join(folder, 'pid')))
  t.notOk(isOpen)
  writeProgram(folder, 'go', '')
  t.equal(await tunnel.opened, 'https://a-b.trycloudflare.com')
})

await t.test('start tunnel: says why a program has ended, without its token', async t => {
  const rows: Array<[name: string, script: string, why: string]> = [
    ['ngrok', "echo 'usage: ngrok'; echo 'ERROR:  authentication failed: no token.' >&2; echo 'ERROR:' >&2; exit 1",
      'ERROR:  authentication failed: no token.'],
    ['ngrok', "echo 'ERROR:  authentication failed. Your authtoken: 2abc9Secret is wrong'; exit 1",
      'ERROR:  authentication failed. Your authtoken: … is wrong'],
    ['ngrok', "printf '\\033[31mERROR: the secret 2abc9 is \\007wrong\\033[0m, key=9f'; exit 1",
      'ERROR: the secret … is  wrong, key=…'],
    ['ngrok', "printf 'ERROR: '; head -c 3000 /dev/zero | tr '\\0' x; exit 1", `ERROR: ${'x'.repeat(993)}`],
    ['ngrok', "echo 'msg=\"started tunnel\" url=https://[bad'; exit 1", 'msg="started tunnel" url=https://[bad'],
    ['cloudflared', "echo 'INF hello' >&2; echo 'failed to request quick Tunnel: 429 Too Many Requests' >&2; echo bye",
      'failed to request quick Tunnel: 429 Too Many Requests'],
    ['cloudpub', "echo 'Подключение'; echo 'Отсутствует токен'; exit 1", 'Отсутствует токен'],
    ['cloudpub', 'exit 3', 'it has printed nothing']
  ]
  for (const [name, script, why] of rows) {
    const { tunnel } = start(t, name, script)
    const error = { code: 'B24_ERR_TUNNEL', message: `${name} has ended: ${why}` }
    await t.rejects(tunnel.opened, error)
    await t.rejects(tunnel.ended, error)
    await tunnel.close()
  }
})

await t.test('start tunnel: says that a file cannot be run', async t => {
  const folder = t.testdir({})
  writeProgram(folder, 'ngrok', '')
  const found = findTunnel('ngrok', folder)
  const tunnel = startTunnel({ ...found, file: join(folder, 'gone') }, 3000)
  await t.rejects(tunnel.opened, { message: /^ngrok has ended: spawn .*gone ENOENT$/ })
  await tunnel.close()
})

await t.test('start tunnel: gives up a program that opens none', async t => {
  const { tunnel } = start(t, 'ngrok', `echo 'connecting'; ${wait}`, 1000)
  await t.rejects(tunnel.opened, { code: 'B24_ERR_TUNNEL', message: /^ngrok has opened no tunnel within 1 s: / })
})

await t.test('start tunnel: ends children, and what does not want to end', async t => {
  const child = `sh -c 'trap "" TERM; echo $$ > "$1/child"; ${wait}' - "$(dirname "$0")" & wait`
  const { tunnel, read, folder } = start(t, 'ngrok', `trap '' TERM\n${child}\n${wait}`)
  await until(() => existsSync(join(folder, 'child')) && read('child') !== '')
  await tunnel.close()
  t.notOk(isRunning(read('pid')))
  await until(() => !isRunning(read('child')))
})

await t.test('start tunnel: does nothing for an address that is given', async t => {
  const tunnel = startTunnel({ address: 'https://my.example' }, 3000)
  t.equal(await tunnel.opened, 'https://my.example')
  await tunnel.close()
})
