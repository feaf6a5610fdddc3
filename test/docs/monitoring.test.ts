import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parser } from '@prometheus-io/lezer-promql'
import t from 'tap'
import { parse } from 'yaml'
import {
  proofChannel, queryChannel, restChannel, type ProofMessage, type QueryMessage, type RestMessage
} from '../../src/diagnostics/measurements.ts'
import { httpErrors } from '../../src/errors.ts'
import { startService } from '../service.ts'
import { until } from '../until.ts'
import { read } from './pages.ts'

interface Dashboard {
  panels: Array<{ title: string, type: string, targets?: Array<{ expr: string }> }>
  templating: { list: Array<{ name: string, type: string, query: string, allValue?: string }> }
}
interface Alerts { groups: Array<{ rules: Array<{ alert: string, expr: string }> }> }

const page = read('docs/operations/monitoring.md')
const dashboard: Dashboard = JSON.parse(read('docs/operations/grafana-dashboard.json'))
const alerts: Alerts = parse(read('docs/operations/prometheus-alerts.yaml'))
const rules = alerts.groups.flatMap(({ rules }) => rules)
const titles = dashboard.panels.map(({ title }) => title)
const queries = [
  ...rules.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
]

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

// Prometheus adds these.
const added = ['job', 'instance']

interface Used { metric: string, labels: string[], values: Array<[label: string, value: string]> }

/** The metrics that a query reads, with the labels that it names; the labels of groups go to all metrics of it. */
function usedIn (query: string): Used[] {
  // What Grafana fills in.
  const text = query.replaceAll('$__rate_interval', '5m')
  const used: Used[] = []
  const groups: string[] = []
  parser.parse(text).iterate({
    enter ({ name, type, from, to, node }) {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${text}`)
      const said = text.slice(from, to)
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        used.push({ metric: said, labels: [], values: [] })
      }
      if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') groups.push(said)
      if (name === 'UnquotedLabelMatcher') {
        const [, label = '', value = ''] = /^(\w+)[=~!]+"(.*)"$/.exec(said) ?? []
        used.at(-1)?.labels.push(label)
        used.at(-1)?.values.push([label, value])
      }
    }
  })
  for (const { labels } of used) labels.push(...groups)
  return used
}

/** What a running service exports: the labels of each sample, and their values. */
async function exported (t: Parameters<typeof startService>[0]) {
  const { url, call, install, sandbox: { portals: { alpha } } } = await startService(t)
  const scrape = async () => await (await fetch(`${url}/metrics`)).text()
  await scrape()
  await install()
  await call(alpha.placementCall('REST_APP_URI'))
  await call(alpha.placementCall('REST_APP_URI'), { body: { AUTH_ID: 'unknown' } })
  for (const path of ['/health', '/ready', '/nowhere']) await fetch(`${url}${path}`)
  // What happens seldom.
  for (const outcome of ['limited', 'unavailable'] as const) proofChannel.publish({ outcome } satisfies ProofMessage)
  for (const refusal of ['unavailable', 'QUERY_LIMIT_EXCEEDED', 'OPERATION_TIME_LIMIT']) {
    restChannel.publish({ ...rest, refusal } satisfies RestMessage)
  }
  queryChannel.publish({ kind: 'SelectQueryNode', seconds: 1, hasFailed: true } satisfies QueryMessage)
  await fetch(`${url}/metrics`)
  collectGarbage()
  // What it took is told a moment later.
  await until(async () => (await scrape()).includes('nodejs_gc_duration_seconds_sum{'))
  const samples = new Map<string, Map<string, Set<string>>>()
  for (const [, name = '', labels = ''] of (await scrape()).matchAll(/^([a-z]\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = samples.get(name) ?? new Map<string, Set<string>>()
    samples.set(name, known)
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value))
    }
  }
  return samples
}

const rest = {
  application: undefined,
  memberId: 'm',
  userId: 1,
  method: 'crm.deal.list',
  commands: [],
  seconds: 1,
  status: 200,
  refusedCommand: undefined,
  sent: 1,
  received: 1
}

await t.test('monitoring: dashboard and alerts use all exported metrics', async t => {
  const samples = await exported(t)
  t.ok(queries.length > 30)
  const seen = new Set<string>()
  for (const query of queries) {
    for (const { metric, labels, values } of usedIn(query)) {
      if (metric === 'up') continue
      seen.add(metric.replace(/_(?:bucket|sum|count)$/, ''))
      const known = samples.get(metric)
      t.ok(known, `${metric} in ${query}`)
      for (const label of labels) t.ok(added.includes(label) || known?.has(label), `${metric}{${label}} in ${query}`)
      for (const [label, pattern] of values.filter(([label]) => !added.includes(label) && label !== 'status')) {
        for (const value of pattern.split('|')) {
          const isKnown = [...known?.get(label) ?? []].some(known => new RegExp(`^(?:${value})$`).test(known))
          t.ok(isKnown || httpErrors.has(value), `${metric}{${label}="${value}"} in ${query}`)
        }
      }
    }
  }
  const own = new Set([...samples.keys()].filter(name => name.startsWith('b24_'))
    .map(name => name.replace(/_(?:bucket|sum|count)$/, '')))
  t.strictSame([...own].filter(name => !seen.has(name)), [], 'each is shown')

  const documented = new Map([...page.matchAll(/^\| `(b24_\w+)` \|(.*?)\|/gm)]
    .map(([, name = '', labels = '']) => [name, [...labels.matchAll(/\w+/g)].map(String).sort()]))
  t.strictSame([...documented.keys()].sort(), [...own].sort(), 'each is documented')
  for (const [name, labels] of documented) {
    const known = samples.get(name) ?? samples.get(`${name}_count`)
    t.strictSame([...known?.keys() ?? []].sort(), labels, `labels of ${name}`)
  }
})

await t.test('monitoring: dashboard and alerts tell the service from other programs that Prometheus watches', t => {
  for (const { expr } of rules) {
    if (usedIn(expr).every(({ metric }) => metric.startsWith('b24_'))) t.match(expr, /sum by \(job\b/, expr)
    else t.equal(expr.split('{job="fastify-bitrix24"}').length - 1, usedIn(expr).length, expr)
  }
  for (const { targets = [] } of dashboard.panels) {
    for (const { expr } of targets) t.match(expr, '{job=~"$job", instance=~"$instance"', expr)
  }
  const [job, instance] = dashboard.templating.list.filter(({ type }) => type === 'query')
  t.match(job, { name: 'job', query: 'label_values(b24_requests_total, job)' })
  t.notOk(job && 'allValue' in job, '"All" are those of the service')
  t.match(instance, { name: 'instance', query: 'label_values(b24_requests_total{job=~"$job"}, instance)' })
  t.end()
})

await t.test('monitoring: the page says what to do about each alert', t => {
  const documented = [...page.matchAll(/^### (\w+)\n\n[^#\n]/gm)].map(([, name]) => name)
  t.strictSame(documented, rules.map(({ alert }) => alert))
  const [, sections = ''] = page.split('\n## Alerts\n')
  const panels = [...sections.matchAll(/\*([^*]+)\*/g)].map(([, title]) => String(title))
  for (const panel of panels) t.ok(titles.some(title => title.startsWith(panel)), panel)
  t.end()
})
