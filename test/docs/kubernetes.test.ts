import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IService } from 'kubernetes-models/v1/Service'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config.ts'
import { startService } from '../service.ts'
import { read, root } from './pages.ts'
import { typeErrors } from './type-errors.ts'

const folder = 'docs/operations/kubernetes'
const manifest = (file: string) => parse(read(`${folder}/${file}`), { strict: true })
const files = readdirSync(join(root, folder)).filter(file => file.endsWith('.yaml') && file !== 'kustomization.yaml')

// The test of the types says that they are what these names promise.
const deployment = manifest('deployment.yaml') as IDeployment
const service = manifest('service.yaml') as IService
const ingress = manifest('ingress.yaml') as IIngress
const policy = manifest('network-policy.yaml') as INetworkPolicy
const autoscaler = manifest('autoscaling.yaml') as IHorizontalPodAutoscaler
const pod = deployment.spec?.template.spec
const container = pod?.containers[0]
const settings = parseEnv(read(`${folder}/settings.env`))
const secrets = parseEnv(read(`${folder}/secret.env.example`))
const dockerfile = read('Dockerfile')

interface Manifest { apiVersion: string, kind: string }

const typed = ({ apiVersion, kind, ...more }: Manifest) =>
  `import type { I${kind} } from 'kubernetes-models/${apiVersion}/${kind}'\n` +
  `export const manifest: I${kind} = ${JSON.stringify({ apiVersion, kind, ...more })}\n`

/** What the compiler has to say of manifests, given the types that Kubernetes has for them. */
const faultsOf = (t: Test, manifests: Record<string, Manifest>) => typeErrors(t, Object.fromEntries(
  Object.entries(manifests).map(([name, manifest]) => [`${name}.ts`, typed(manifest)])
))

await t.test('kubernetes: every manifest has the fields that its kind takes', async t => {
  t.ok(files.length > 5)
  const misspelt = { ...manifest('service.yaml'), spec: { selektor: {} } }
  const empty = { ...manifest('deployment.yaml'), spec: {} }
  const right = Object.fromEntries(files.map(file => [file, manifest(file)]))
  const faults = await faultsOf(t, { ...right, misspelt, empty })
  t.equal(faults.length, 2)
  t.match(faults, [/^empty.ts\(\d.* missing/, /^misspelt.ts\(\d.*selektor/])
})

await t.test('kubernetes: the kustomization holds every manifest', async t => {
  const { resources, images, configMapGenerator: [config], secretGenerator: [secret] } = manifest('kustomization.yaml')
  t.strictSame([...resources].sort(), files.sort())
  t.equal(images[0].name, container?.image)
  const [configMap, secretRef] = container?.envFrom ?? []
  t.strictSame([configMap?.configMapRef?.name, secretRef?.secretRef?.name], [config.name, secret.name])
  t.strictSame([config.envs, secret.envs], [['settings.env'], ['secret.env']])
  t.match(read('.gitignore'), /^secret\.env$/m)
})

await t.test('kubernetes: the variables are those of the service', async t => {
  t.ok(Object.values(secrets).every(value => value === ''), 'the example holds no secret')
  t.throws(() => loadConfig({ ...settings, ...secrets }), /B24_CLIENT_SECRET: missing[^]*APP_SECRET: missing/)
  const asked = new Set<string>()
  const filled = {
    ...settings,
    B24_CLIENT_SECRET: 'of-the-card',
    APP_SECRET: randomBytes(32).toString('base64'),
    DATABASE_URL: 'postgres://bitrix24:password@postgres.database/bitrix24?sslmode=verify-full',
    METRICS_TOKEN: 'of-prometheus'
  }
  const config = loadConfig(new Proxy<Record<string, string | undefined>>(filled, {
    get (target, name: string) {
      asked.add(name)
      return target[name]
    }
  }))
  for (const name of Object.keys({ ...settings, ...secrets })) t.ok(asked.has(name), name)
  t.strictSame(Object.keys(secrets).filter(name => !(name in filled)), [])
  t.equal(new URL(config.publicUrl).host, ingress.spec?.rules?.[0]?.host)
  t.strictSame(ingress.spec?.tls?.[0]?.hosts, [ingress.spec?.rules?.[0]?.host])
})

await t.test('kubernetes: the probes ask addresses of the running service', async t => {
  const { url } = await startService(t)
  const { startupProbe, livenessProbe, readinessProbe } = container ?? {}
  for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
    const { path = 'none', port } = probe?.httpGet ?? {}
    t.equal(port, 'http', path)
    t.equal((await fetch(url + path)).status, 200, path)
  }
  const startSeconds = Number(startupProbe?.periodSeconds) * Number(startupProbe?.failureThreshold)
  const required = { PUBLIC_URL: 'https://b24.example.com', B24_CLIENT_ID: 'id', B24_CLIENT_SECRET: 'secret' }
  const { startTimeout } = loadConfig({ ...required, APP_SECRET: randomBytes(32).toString('base64') })
  t.ok(startSeconds > startTimeout, 'the service says itself where a start hangs')
})

await t.test('kubernetes: the ports lead from the ingress to the image', async t => {
  const port = Number(/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1])
  t.match(dockerfile, ` PORT=${port} `)
  t.strictSame(container?.ports, [{ name: 'http', containerPort: port }])
  t.match(service.spec?.ports, [{ name: 'http', targetPort: 'http' }])
  const backend = ingress.spec?.rules?.[0]?.http?.paths[0]?.backend
  t.match(backend, { service: { name: service.metadata?.name, port: { name: 'http' } } })
  t.match(policy.spec?.ingress?.[0]?.ports, [{ port: 'http' }])

  const { labels } = deployment.spec?.template.metadata ?? {}
  t.strictSame(deployment.spec?.selector.matchLabels, labels)
  t.strictSame(service.spec?.selector, labels)
  t.strictSame(policy.spec?.podSelector?.matchLabels, labels)
  t.strictSame(manifest('disruption-budget.yaml').spec.selector.matchLabels, labels)
  const { apiVersion, kind, metadata } = deployment
  t.strictSame(autoscaler.spec?.scaleTargetRef, { apiVersion, kind, name: metadata?.name })
})

await t.test('kubernetes: a pod has the time and the memory that it needs', async t => {
  const [, grace] = /^const graceMilliseconds = ([\d_]+)$/m.exec(read('src/server.ts')) ?? []
  const seconds = Number(grace?.replace('_', '')) / 1000 + Number(settings['SHUTDOWN_DELAY'])
  t.ok(Number(pod?.terminationGracePeriodSeconds) > seconds, `more than ${seconds} s`)
  const heap = Number(/--max-old-space-size=(\d+)/.exec(dockerfile)?.[1])
  const memory = Number(/^(\d+)Mi$/.exec(String(container?.resources?.limits?.['memory']))?.[1])
  t.ok(memory >= heap * 1.5, `${memory} MB for a heap of ${heap}`)
  t.ok((Number(autoscaler.spec?.maxReplicas) + 1) * 11 < 100, 'PostgreSQL takes the connections of all')
})

await t.test('kubernetes: a pod is unprivileged and writes to its volumes only', async t => {
  // The user of the official images of Node.js: https://github.com/nodejs/docker-node
  t.match(dockerfile, /^USER node$/m)
  t.match(pod?.securityContext, { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000 })
  t.strictSame(container?.securityContext, {
    allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] }
  })
  t.equal(pod?.automountServiceAccountToken, false)
  t.strictSame(container?.volumeMounts?.map(({ name }) => name), pod?.volumes?.map(({ name }) => name))
})
