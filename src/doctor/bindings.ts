import type { FastifyInstance } from 'fastify'
import type { BindingReport, Installation, TokenPair } from '../store/installation-store.ts'
import { handlerKey } from '../schemas/placement-code.ts'
import { find, type Code, type Finding } from './finding.ts'
import type { Assembled } from './assemble.ts'

type Rest = ReturnType<FastifyInstance['portalRest']['open']>
type Commands = Parameters<Rest['batch']>[0]
type Answers = Awaited<ReturnType<Rest['batch']>>

/** What only reads. */
const reading = new Set(['scope', 'placement.get', 'placement.list', 'event.get'])

/** REST that sends what only reads, and notes what would be written. */
function withoutWriting (rest: Pick<Rest, 'batch'>) {
  const planned: Array<Commands[string]> = []
  const refused = new Set<string>()
  return {
    planned,
    refused,
    async batch (commands: Commands): Promise<Answers> {
      if (Object.values(commands).every(({ method }) => reading.has(method))) {
        const answers = await rest.batch(commands)
        for (const answer of Object.values(answers)) if ('error' in answer) refused.add(answer.error)
        return answers
      }
      planned.push(...Object.values(commands))
      return Object.fromEntries(Object.keys(commands).map(key => [key, { ok: true }]))
    }
  }
}

/** What the commands of a method name: events, or placements with the handler's name where they have several. */
const named = (commands: ReadonlyArray<Commands[string]>, method: string): string[] =>
  commands.filter(command => command.method === method).map(({ params: { PLACEMENT, HANDLER, event } }) => {
    const name = URL.parse(String(HANDLER))?.searchParams.get('handler') ?? undefined
    return String(event ?? handlerKey(String(PLACEMENT), name))
  })

/** What an installation would change on the portal, if it ran now: that is what is not as declared. */
export async function checkBindings (
  installation: Installation, tokens: TokenPair, { fastify, store }: Assembled, now = Date.now
): Promise<Finding[]> {
  const { memberId, domain, clientEndpoint, serverEndpoint, scope, status, userId, handlerUrl, bindings } = installation
  // The copy is without tokens, so that nobody refreshes them.
  await store.install({
    memberId, domain, clientEndpoint, serverEndpoint, scope, status, userId, applicationToken: null, tokens: null
  }, now())
  const before = bindings ?? { at: 0, bound: [], skipped: [] }
  await store.recordBindings(memberId, String(handlerUrl), before, now())
  const { accessToken, expiresAt } = tokens
  const rest = withoutWriting(fastify.portalRest.open({
    memberId, domain, clientEndpoint, serverEndpoint, scope, userId: Number(userId), accessToken, expiresAt
  }))
  await fastify.installations.rebind(memberId, rest)
  const after = await store.get(memberId) as Installation & { bindings: BindingReport } // it has just been written

  const lacking = after.bindings.skipped.filter(({ reason }) => reason.startsWith('scope:'))
  const findings = lacking.map(({ code, reason }) => find('scope-missing', code, reason.slice('scope:'.length)))
  const missed = [...rest.refused].filter(code => code !== 'insufficient_scope' || lacking.length === 0)
  return missed.length === 0
    ? [...findings, ...differences(rest.planned, before.skipped)]
    : [...findings, find('portal-refused', missed.join(', '))]
}

function differences (planned: Array<Commands[string]>, skipped: Array<{ code: string, reason: string }>): Finding[] {
  const bind = named(planned, 'placement.bind')
  const unbind = named(planned, 'placement.unbind')
  const events = named(planned, 'event.bind')
  const wasRefused = (code: string) => skipped.some(one => one.code === code)
  const rows: Array<[code: Code, names: string[]]> = [
    ['binding-refused', [...bind, ...events].filter(wasRefused)],
    ['placement-unbound', bind.filter(code => !unbind.includes(code) && !wasRefused(code))],
    ['placement-changed', bind.filter(code => unbind.includes(code))],
    ['placement-stale', unbind.filter(code => !bind.includes(code))],
    ['event-unbound', events.filter(event => !wasRefused(event))]
  ]
  return rows.flatMap(([code, names]) => names.length === 0 ? [] : [find(code, [...new Set(names)].join(', '))])
}
