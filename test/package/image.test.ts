// The image as the Dockerfile builds it, and an application's own image on it, run with the limits of compose.yaml. It
// says why it does nothing without Docker or the image of Node.js; `test/app/container.test.ts` needs neither.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sandbox } from '../../sandbox/index.ts'
import { root } from '../app/process.ts'
import { read } from '../docs/pages.ts'
import type { LogLine } from '../log-lines.ts'
import { environment, freePort } from '../service.ts'
import { until } from '../until.ts'
import { runIn } from './packed.ts'

const [, version = ''] = /^ARG NODE_VERSION=(.+)$/m.exec(read('Dockerfile')) ?? []
const base = `node:${version}-trixie-slim`
const service = `fastify-bitrix24-test:${process.pid}`
const shop = `${service}-shop`
const docker = async (...args: string[]) => (await runIn(root, 'docker', ...args)).trim()

/** What a program prints; undefined: it is not there, or has failed. */
function ask (program: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 120_000 })
  } catch {
    return undefined
  }
}

/** Why no image can be built and tried here, if none can be. */
function missingEngine (): string | undefined {
  if (ask('docker', 'version') === undefined) return 'no Docker answers'
  if (ask('docker', 'buildx', 'version') === undefined) return 'Docker has no buildx'
  if ((ask('docker', 'image', 'inspect', base) ?? ask('docker', 'pull', base)) === undefined) {
    return `${base} is not here and cannot be fetched`
  }
  // Not where Docker runs in a virtual machine, on another one, or without root.
  const network = ['readlink', '/proc/self/ns/net'] as const
  const shared = ask('docker', 'run', '--rm', '--network=host', base, ...network)
  const isShared = shared !== undefined && shared === ask(...network)
  return isShared ? undefined : 'containers cannot share the network of the sandbox'
}

/** Runs an image with the limits of compose.yaml until its health check succeeds. */
async function start (t: Test, image: string, env: Record<string, string>): Promise<string> {
  const variables = Object.entries({ ...env, DATABASE_URL: 'sqlite:/data/bitrix24.db' })
  const id = await docker('run', '--detach', '--network=host', '--read-only', '--tmpfs=/tmp', '--cap-drop=ALL',
    '--security-opt=no-new-privileges', '--memory=512m', '--pids-limit=100',
    ...variables.map(([name, value]) => `--env=${name}=${value}`), image)
  t.after(() => docker('rm', '--force', '--volumes', id))
  await until(async () => await docker('inspect', '--format={{.State.Health.Status}}', id) === 'healthy')
  return id
}

async function testImage (t: Test): Promise<void> {
  t.after(async () => {
    for (const image of [shop, service]) await docker('rmi', '--force', image)
  })
  await docker('build', '--quiet', '--network=host', `--tag=${service}`, '.')
  const [size, baseSize] = await Promise.all([service, base].map(image =>
    docker('image', 'inspect', '--format={{.Size}}', image)))
  t.ok(Number(size) - Number(baseSize) < 150_000_000, `${size} bytes with the base of ${baseSize}`)

  const folder = join(t.testdir(), 'shop')
  await runIn(root, process.execPath, '--conditions=fastify-bitrix24-source', 'src/cli.ts', 'init', folder)
  const framework = `--build-context=fastify-bitrix24=docker-image://${service}`
  await docker('build', '--quiet', framework, `--tag=${shop}`, folder)
  const url = `http://127.0.0.1:${await freePort()}`
  const bitrix24 = await sandbox({ appUrl: url })
  t.after(() => bitrix24.close())
  const debug = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  const id = await start(t, shop, { ...environment(bitrix24, url), ...debug })

  t.equal((await fetch(`${url}/ready`)).status, 200)
  t.equal((await bitrix24.install()).status, 200)
  const { alpha } = bitrix24.portals
  const page = await bitrix24.send(alpha.placementCall('CRM_DEAL_DETAIL_TAB', { params: { ID: '8061' } }))
  t.match(page.text, '/api/deals/8061/comments', 'the tab that `init` has written')
  const inside = (script: string) => docker('exec', id, 'sh', '-c', script)
  t.match(await inside('id -u; touch /app/x 2>&1 || touch /data/x'), /^1000\n.*Read-only file system$/)
  t.equal(await inside('ls node_modules | grep -c typescript || true'), '0', 'no compiler')
  t.match(JSON.parse(await inside('cat dist/sbom.json')), { bomFormat: 'CycloneDX' })

  await docker('stop', '-t', '45', id)
  t.equal(await docker('inspect', '--format={{.State.ExitCode}}', id), '0')
  const lines: LogLine[] = (await docker('logs', id)).split('\n').map(line => JSON.parse(line))
  t.match(lines.filter(({ placement }) => placement === 'CRM_DEAL_DETAIL_TAB'), [{ msg: 'call', outcome: 'answered' }])
  const compiling = await runIn(root, 'sh', '-c', `docker logs ${id} 2>&1 >/dev/null`)
  t.match(compiling, /V8 code cache .*server\.js was accepted/)
  t.notMatch(compiling, /was rejected/)
}

const missing = missingEngine()
if (missing === undefined) await t.test('image: is built, and runs an application within its limits', testImage)
else t.plan(0, `not run: ${missing}`)
