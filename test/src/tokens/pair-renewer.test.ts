import t from 'tap'
import { jsonServerFor, serverFor } from '../../helper.ts'
import { createPairRenewer } from '../../../src/tokens/pair-renewer.ts'
import { worldFor } from './world.ts'

const minute = 60_000

await t.test('what a server says is told apart by its code, stops renewals for a while, and leaves the old pair', async t => {
  const rows: Array<[said: string, code: string, recorded: string, count: 'lost' | 'refused' | 'silent']> = [
    ['invalid_grant', 'B24_ERR_TOKENS_LOST', 'lost', 'lost'],
    ['bad_verification_code', 'B24_ERR_TOKENS_LOST', 'lost', 'lost'],
    ['wrong_client', 'B24_ERR_TOKENS_REFUSED', 'wrong_client', 'refused'],
    ['invalid_client', 'B24_ERR_TOKENS_REFUSED', 'invalid_client', 'refused'],
    ['invalid_scope', 'B24_ERR_TOKENS_REFUSED', 'invalid_scope', 'refused'],
    ['NOT_INSTALLED', 'B24_ERR_NOT_INSTALLED', 'not_installed', 'refused'],
    ['PAYMENT_REQUIRED', 'B24_ERR_PAYMENT_REQUIRED', 'payment_required', 'refused'],
    ['<b>their own words</b>', 'B24_ERR_TOKENS_REFUSED', 'unknown', 'refused'],
    ['QUERY_LIMIT_EXCEEDED', 'B24_ERR_AUTHORIZATION_SERVER_SILENT', 'silent', 'silent']
  ]
  for (const [error, code, recorded, count] of rows) {
    let asked = 0
    const server = await serverFor(t, (_request, response) => { asked++; response.end(JSON.stringify({ error })) })
    const { service, install, memberId, store, renewer, log } = await worldFor(t, { server })
    const pair = await install()
    for (let n = 0; n < 5; n++) await t.rejects(service.holder(memberId), { code }, error)
    t.equal(asked, 1, `${error}: no storm`)
    t.match(await store.get(memberId), { tokens: pair, tokenVersion: 1, renewal: { code: recorded, attempts: 1 } }, error)
    t.equal(renewer.counts()[count], 1, error)
    t.equal(Object.entries(renewer.refusals()).find(([known]) => known === recorded)?.[1] ?? renewer.refusals().other, 1, error)
    t.strictSame(log, [['warn', 'the tokens of an installation could not be renewed']])
  }
})

await t.test('answers without what we need, and none at all, leave the old pair', async t => {
  const silent = { code: 'B24_ERR_AUTHORIZATION_SERVER_SILENT' }
  for (const json of [null, 'nginx', {}, { access_token: 'a' }, { access_token: 'a', refresh_token: '', expires_in: 1 }, { access_token: 'a', refresh_token: 'b' }]) {
    const { service, install, memberId, store } = await worldFor(t, { server: await jsonServerFor(t, 200, json) })
    const pair = await install()
    await t.rejects(service.holder(memberId), silent, JSON.stringify(json))
    t.strictSame((await store.get(memberId))?.tokens, pair)
  }
  const { service, install, memberId, store, sandbox: { trouble } } = await worldFor(t, { ahead: { ms: 0 } })
  for (const fault of ['down', 'nonsense', 'error'] as const) {
    const pair = await install()
    trouble.authorizationServer = fault
    await t.rejects(service.holder(memberId), silent, fault)
    t.strictSame((await store.get(memberId))?.tokens, pair)
  }
})

await t.test('the pauses grow, until a person has done something', async t => {
  const rows: Array<[said: object, minutes: number[]]> = [
    [{ error: 'PAYMENT_REQUIRED' }, [1, 5, 30, 120, 720, 1440, 1440]],
    [{ error: 'invalid_grant' }, [1, Infinity]],
    [{ error: 'invalid_client' }, [1, 2, 5, 5]],
    [{ error: 'overload_limit' }, [1 / 60, 2 / 60, 5 / 60, 15 / 60, 1, 1]]
  ]
  for (const [said, minutes] of rows) {
    const ahead = { ms: 0 }
    const { service, install, memberId, renewal } = await worldFor(t, { server: await jsonServerFor(t, 400, said), ahead })
    await install()
    const pauses: number[] = []
    for (const expected of minutes) {
      await t.rejects(service.holder(memberId))
      const state = await renewal()
      pauses.push((Number(state?.nextTryAt) - Number(state?.at)) / minute)
      ahead.ms += expected * minute
    }
    t.strictSame(pauses, minutes)
  }
})

await t.test('another reason begins anew, and a renewal that succeeds forgets them all', async t => {
  const ahead = { ms: 0 }
  const { service, install, memberId, sandbox: { trouble, portals: { alpha } }, renewal } = await worldFor(t, { ahead })
  await install()
  trouble.authorizationServer = 'down'
  for (const attempts of [1, 2]) {
    await t.rejects(service.holder(memberId))
    t.match(await renewal(), { code: 'silent', attempts })
    ahead.ms += minute
  }
  trouble.authorizationServer = 'none'
  await service.holder(memberId)
  t.equal(await renewal(), null)
  alpha.uninstall()
  ahead.ms += 60 * minute
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  t.match(await renewal(), { code: 'not_installed', attempts: 1 })
})

await t.test('an answer that got lost on its way is found out at the next renewal', async t => {
  const ahead = { ms: 0 }
  const { service, install, memberId, sandbox: { trouble }, renewal } = await worldFor(t, { ahead })
  await install()
  trouble.refresh = 'cut'
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_SILENT' })
  trouble.refresh = 'none'
  ahead.ms = 1000
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  t.match(await renewal(), { code: 'lost' })
})

await t.test('a wrong secret of ours is no loss', async t => {
  const { service, install, memberId } = await worldFor(t, { clientSecret: 'wrong' })
  await install()
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_REFUSED', message: /invalid_client/ })
})

await t.test('a server that is not on the list is not asked', async t => {
  const { service, store, install, memberId, asked } = await worldFor(t)
  await install()
  const row = await store.get(memberId)
  await store.recordPortal({ ...row, memberId, domain: '', clientEndpoint: '', scope: [], status: 'L', serverEndpoint: 'https://foreign.example/rest/' }, Date.now())
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_REFUSED', message: /server_not_allowed/ })
  t.equal(asked(), 0)
})

await t.test('who is not installed has no tokens, and a row without them needs an installation', async t => {
  const { service, store, install, memberId } = await worldFor(t)
  await t.rejects(service.holder('unknown'), { code: 'B24_ERR_NOT_INSTALLED' })
  await install()
  await store.markUninstalled(memberId, 1)
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  await store.recordPortal({ memberId, domain: '', clientEndpoint: '', serverEndpoint: '', scope: [], status: 'L' }, 2)
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_MISSING' })
})

await t.test('a pair that an installation brought meanwhile is not overwritten', async t => {
  const { service, install, memberId, store, sandbox, renewer } = await worldFor(t)
  await install()
  sandbox.trouble.authorizationServerDelay = 200
  const asking = service.holder(memberId)
  while (sandbox.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  const brought = await install(3600)
  t.strictSame((await asking).tokens, brought)
  t.strictSame((await store.get(memberId))?.tokens, brought)
  t.equal(renewer.counts().superseded, 1)
})

await t.test('a fresh pair is stored however often the store has to be asked', async t => {
  for (const [faults, code] of [[2, undefined], [3, 'B24_ERR_STORE_SILENT']] as const) {
    let left: number = faults
    const { service, install, memberId, store, log } = await worldFor(t, {
      around: store => ({ ...store, replaceTokens: async (...args) => left-- > 0 ? await Promise.reject(new Error('restarting')) : await store.replaceTokens(...args) })
    })
    const { accessToken } = await install()
    const outcome = await service.holder(memberId).then(() => undefined, error => error.code)
    t.equal(outcome, code)
    t.equal((await store.get(memberId))?.tokens?.accessToken === accessToken, code !== undefined)
    t.equal(log.filter(([level]) => level === 'error').length, code === undefined ? 0 : 1)
  }
})

await t.test('what cannot be recorded is logged, and what is no answer of a server is no silence of it', async t => {
  const { service, install, memberId, sandbox: { portals: { alpha } }, log, renewer, dependencies } = await worldFor(t, {
    around: store => ({ ...store, recordRenewal: async () => { throw new Error('disk full') } })
  })
  await install()
  alpha.uninstall()
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  t.match(log, [['warn'], ['error', 'a refused renewal could not be recorded']])
  dependencies.authorizationServers.renew = async () => { throw new RangeError('a bug') }
  await t.rejects(renewer.renew(await renewer.read(memberId)), { message: 'a bug' })
})

await t.test('a mistake of ours stops the renewals of that portal for a while, too', async t => {
  const { install, memberId, renewer, service, dependencies, renewal } = await worldFor(t)
  await install()
  let asked = 0
  dependencies.authorizationServers.renew = async () => { asked++; throw new RangeError('a bug') }
  await t.rejects(service.holder(memberId), { message: 'a bug' })
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_REFUSED', message: /failed/ })
  t.match(await renewal(), { code: 'failed', attempts: 1 })
  t.equal(renewer.refusals().failed, 1)
  t.equal(asked, 1)
})

await t.test('a token that somebody else has spent is no loss: his pair is handed out, at once or when it is stored', async t => {
  for (const storedAfter of [0, 30]) {
    const { install, memberId, store, renewer, dependencies, renewal, log } = await worldFor(t)
    await install()
    dependencies.settleTime = 2000
    const patient = createPairRenewer(dependencies)
    const pair = { accessToken: 'new', refreshToken: 'new', expiresAt: Date.now() + 3_600_000 }
    const storing = { done: Promise.resolve(true) }
    dependencies.authorizationServers.renew = async () => {
      storing.done = new Promise(resolve => setTimeout(resolve, storedAfter)).then(() => store.replaceTokens(memberId, pair, 1))
      if (storedAfter === 0) await storing.done
      return { error: 'invalid_grant' }
    }
    t.match(await patient.renew(await renewer.read(memberId)), { tokens: pair, tokenVersion: 2 })
    await storing.done
    t.equal(await renewal(), null)
    t.match(patient.counts(), { superseded: 1, lost: 0 })
    t.strictSame(log, [])
  }
})

await t.test('two processes whose leases overlap lose nothing', async t => {
  const { install, memberId, dependencies, asked, renewal } = await worldFor(t)
  await install()
  const renewer = createPairRenewer({ ...dependencies, settleTime: 1000 })
  const holder = await renewer.read(memberId)
  const [one, other] = await Promise.all([renewer.renew(holder), renewer.renew(holder)])
  t.equal(one.tokens.accessToken, other.tokens.accessToken)
  t.equal(await renewal(), null)
  t.equal(asked(), 2)
})

await t.test('no error and no line of the log holds a token', async t => {
  const lines: unknown[] = []
  const { install, memberId, renewer, dependencies, sandbox } = await worldFor(t)
  Object.assign(dependencies.log, { warn: (...line: unknown[]) => lines.push(line) })
  const { accessToken, refreshToken } = await install()
  sandbox.trouble.authorizationServer = 'down'
  const error = await renewer.renew(await renewer.read(memberId)).catch(error => error)
  t.notMatch(JSON.stringify([lines, error, error.message, error.stack, String(error.cause)]), new RegExp(`${accessToken}|${refreshToken}|${memberId}|${sandbox.clientSecret}`))
  t.equal(lines.length, 1)
})
