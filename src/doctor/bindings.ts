import type { FastifyInstance } from 'fastify'
import type { Installation, TokenPair } from '../store/installation-store.ts'
import { fault, note, type Finding } from './finding.ts'
import type { Assembled } from './assemble.ts'

type Rest = ReturnType<FastifyInstance['portalRest']['open']>
type Commands = Parameters<Rest['batch']>[0]
type Answers = Awaited<ReturnType<Rest['batch']>>

/** What only reads. */
const reading = new Set(['scope', 'placement.get', 'placement.list', 'event.get'])
const again = 'open the installation page once more, as an administrator'

/** REST that asks, and takes down what would be written. */
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

/** The codes that the commands of a method name. */
const named = (commands: ReadonlyArray<Commands[string]>, method: string, field: string): string[] =>
  commands.filter(command => command.method === method).map(({ params }) => String(params[field]))

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
  const after = await store.get(memberId)

  const lacking = (after?.bindings?.skipped ?? []).filter(({ reason }) => reason.startsWith('scope:'))
  const findings = lacking.map(({ code, reason }) => fault('scope-missing', `${code} needs the scope ` +
    `"${reason.slice('scope:'.length)}": add it to the application's card, then ${again}.`))
  const missed = [...rest.refused].filter(code => code !== 'insufficient_scope' || lacking.length === 0)
  if (missed.length > 0) {
    const codes = missed.join(', ')
    return [...findings, fault('portal-refused', `The portal refuses to say what is bound (${codes}): ${again}.`)]
  }
  return [...findings, ...differences(rest.planned, before.skipped)]
}

function differences (planned: Array<Commands[string]>, skipped: Array<{ code: string, reason: string }>): Finding[] {
  const bind = named(planned, 'placement.bind', 'PLACEMENT')
  const unbind = named(planned, 'placement.unbind', 'PLACEMENT')
  const events = named(planned, 'event.bind', 'event')
  const wasRefused = (code: string) => skipped.some(one => one.code === code)
  const findings: Finding[] = []
  const tell = (make: typeof fault, code: string, codes: string[], what: string) => {
    if (codes.length > 0) findings.push(make(code, `${[...new Set(codes)].join(', ')} ${what}.`))
  }
  tell(note, 'binding-refused', [...bind, ...events].filter(wasRefused), 'could not be bound at the last ' +
    'installation, as this portal does not know or does not allow it')
  tell(fault, 'placement-unbound', bind.filter(code => !unbind.includes(code) && !wasRefused(code)),
    `is declared and not bound to PUBLIC_URL/placement: ${again}`)
  tell(fault, 'placement-changed', bind.filter(code => unbind.includes(code)),
    `is bound to another address, or with other texts or options than declared: ${again}`)
  tell(fault, 'placement-stale', unbind.filter(code => !bind.includes(code)),
    `is bound and no longer declared: ${again}`)
  tell(fault, 'event-unbound', events.filter(event => !wasRefused(event)), 'is not bound to PUBLIC_URL/events: ' +
    `${again}`)
  return findings
}
