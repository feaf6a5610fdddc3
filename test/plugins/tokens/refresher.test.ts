import t from 'tap'
import type { Sandbox } from '../../../sandbox/index.ts'
import type { Installation } from '../../../src/store/installation-store.ts'
import { jsonServerFor, serverFor } from '../../servers.ts'
import { until } from '../../until.ts'
import { createRefresher } from '../../../plugins/tokens/refresher.ts'
import { sandboxFor } from '../../sandbox/helper.ts'
import { worldFor, type Given, type World } from './world.ts'

const minute = 60_000

interface Scope { after: (fn: () => unknown) => void }
interface Info { result: { install: object } }

await t.test('refresher: pauses after a refusal by its code, and keeps the pair', async t => {
  const rows: Array<[said: string, code: string, recorded: string, count: 'lost' | 'refused' | 'unavailable']> = [
    ['invalid_grant', 'B24_ERR_TOKENS_LOST', 'lost', 'lost'],
    ['bad_verification_code', 'B24_ERR_TOKENS_LOST', 'lost', 'lost'],
    ['wrong_client', 'B24_ERR_TOKENS_REFUSED', 'wrong_client', 'refused'],
    ['invalid_client', 'B24_ERR_TOKENS_REFUSED', 'invalid_client', 'refused'],
    ['invalid_scope', 'B24_ERR_TOKENS_REFUSED', 'invalid_scope', 'refused'],
    ['NOT_INSTALLED', 'B24_ERR_NOT_INSTALLED', 'not_installed', 'refused'],
    ['PAYMENT_REQUIRED', 'B24_ERR_PAYMENT_REQUIRED', 'payment_required', 'refused'],
    ['<b>their own words</b>', 'B24_ERR_TOKENS_REFUSED', 'unknown', 'refused'],
    ['QUERY_LIMIT_EXCEEDED', 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE', 'unavailable', 'unavailable']
  ]
  for (const [error, code, recorded, count] of rows) {
    let asked = 0
    const server = await serverFor(t, (_request, response) => { asked++; response.end(JSON.stringify({ error })) })
    const { service, install, memberId, store, refresher, log } = await worldFor(t, { server })
    const pair = await install()
    for (let n = 0; n < 5; n++) await t.rejects(service.holder(memberId), { code }, error)
    t.equal(asked, 1, `${error}: no storm`)
    t.match(
      await store.get(memberId), { tokens: pair, tokenVersion: 1, refresh: { code: recorded, attempts: 1 } }, error
    )
    t.equal(refresher.outcomes()[count], 1, error)
    t.equal(Object.entries(refresher.errors())
      .find(([known]) => known === recorded)?.[1] ?? refresher.errors().other, 1, error)
    t.strictSame(log, [['warn', 'the tokens of an installation could not be refreshed']])
  }
})

await t.test('refresher: keeps the pair when an answer lacks what we need', async t => {
  const silent = { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' }
  for (const json of [
    null, 'nginx', {}, { access_token: '', refresh_token: 'b' }, { refresh_token: 'b', expires_in: 1 }
  ]) {
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

/** The authorization server of the sandbox, whose answers to refreshes, and about a token, the test changes. */
async function changedServer (
  t: Scope, { authorizationServer }: Sandbox, refresh: object, info?: (answer: Info) => object
): Promise<string> {
  return await serverFor(t, async (request, response) => {
    const isRefresh = request.url === '/oauth/token/'
    const body = (await request.toArray()).join('')
    const answer = await fetch(authorizationServer + request.url, {
      method: 'POST', headers: { 'content-type': String(request.headers['content-type']) }, body
    })
    const json = await answer.json() as Info // whatever it is, it is an object
    response.writeHead(answer.status).end(JSON.stringify(isRefresh ? { ...json, ...refresh } : info?.(json) ?? json))
  })
}

/** A portal with an expired pair whose refreshes are answered otherwise. */
async function changedWorld (
  t: Scope, refresh: object, { info, ...given }: Given & { info?: (answer: Info) => object } = {}
) {
  const other = await sandboxFor(t)
  const server = await changedServer(t, other, refresh, info)
  const world = await worldFor(t, { ...given, server, sandbox: other })
  return { ...world, pair: await world.install() }
}

await t.test('refresher: keeps a pair whatever lifetime its answer names', async t => {
  for (const expiresIn of [undefined, null, '', '3600 s', 3600.5, -1, 1e15, [], {}]) {
    const { service, memberId, asked, store } = await changedWorld(t, { expires_in: expiresIn, expires: undefined })
    const { tokens } = await service.holder(memberId)
    const left = tokens.expiresAt - Date.now()
    t.ok(left > 3_500_000 && left <= 3_600_500, JSON.stringify(expiresIn))
    t.strictSame((await service.holder(memberId)).tokens, tokens)
    t.strictSame((await store.get(memberId))?.tokens, tokens)
    t.equal(asked(), 1)
  }
})

await t.test('refresher: uses an access token that came without a refresh token', async t => {
  const ahead = { ms: 0 }
  const { service, memberId, pair, store, log, refresher, asked } = await changedWorld(
    t, { refresh_token: undefined }, { ahead }
  )
  const { tokens } = await service.holder(memberId)
  t.not(tokens.accessToken, pair.accessToken)
  t.equal((await service.holder(memberId)).tokens.accessToken, tokens.accessToken)
  t.match(await store.get(memberId), { tokens, refresh: { code: 'lost' } })
  t.equal(asked(), 1)
  t.match(refresher.outcomes(), { refreshed: 1, lost: 1 })
  t.strictSame(log, [['warn', 'the tokens of an installation could not be refreshed']])
  ahead.ms = 60 * minute
  await t.rejects(
    service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' }, 'the refresh token before is tried once more'
  )
  t.equal(asked(), 2)
})

await t.test('refresher: drops, records and logs tokens of another portal', async t => {
  const nameless = { member_id: undefined }
  const foreign = (changes: { client_id?: string, member_id?: string }) => ({ result, ...rest }: Info) =>
    ({ ...rest, result: { ...result, ...changes, install: { ...result.install, ...changes } } })
  const rows: Array<[name: string, refresh: object, info?: (answer: Info) => object]> = [
    ['the answer names another portal', { member_id: 'another' }],
    ['the answer names another application', { client_id: 'local.other' }],
    ['the access token is one of another portal', nameless, foreign({ member_id: 'another' })],
    ['the access token is one of another application', nameless, foreign({ client_id: 'local.other' })]
  ]
  for (const [name, refresh, info] of rows) {
    const { service, memberId, pair, store, log } = await changedWorld(t, refresh, info && { info })
    await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' }, name)
    await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' }, name)
    t.match(await store.get(memberId), { tokens: pair, refresh: { code: 'lost' } }, name)
    t.match(log, [['error', /belongs to another portal or application/], ['warn', /could not be refreshed/]], name)
  }
})

await t.test('refresher: uses tokens without a portal once they are proven', async t => {
  const { service, memberId, pair, store, log, sandbox } = await changedWorld(t, { member_id: undefined })
  const { tokens, tokenVersion } = await service.holder(memberId)
  t.not(tokens.accessToken, pair.accessToken)
  t.match(await store.get(memberId), { tokens, tokenVersion, refresh: null })
  t.strictSame(sandbox.requests.map(({ name }) => name), ['refresh_token', 'app.info'])
  t.strictSame(log, [])
})

await t.test('refresher: keeps tokens without a portal until they are proven', async t => {
  const ahead = { ms: 0 }
  let isUnavailable = true
  const { service, memberId, pair, store, sandbox } = await changedWorld(t, { member_id: null }, {
    ahead, info: answer => isUnavailable ? {} : answer
  })
  const silent = { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' }
  await t.rejects(service.holder(memberId), silent)
  await t.rejects(service.holder(memberId), silent)
  const kept = await store.get(memberId)
  t.match(kept, { tokens: { expiresAt: 0 }, refresh: { code: 'unavailable' } })
  t.not(kept?.tokens?.refreshToken, pair.refreshToken, 'the one living refresh token')
  isUnavailable = false
  ahead.ms = minute
  const { tokens } = await service.holder(memberId)
  t.not(tokens.accessToken, kept?.tokens?.accessToken)
  t.match(await store.get(memberId), { tokens, refresh: null })
  t.strictSame(sandbox.requests.map(({ name }) => name), ['refresh_token', 'app.info', 'refresh_token', 'app.info'])
})

await t.test('refresher: hands out no unproven tokens when the answer of the store was lost', async t => {
  let isLost = false
  const { service, memberId, store, sandbox } = await changedWorld(t, { member_id: undefined }, {
    around: store => ({
      ...store,
      async replaceTokens (...args) {
        const isStored = await store.replaceTokens(...args)
        if (isLost) return isStored
        isLost = true
        throw new Error('the connection was lost')
      }
    })
  })
  const { tokens } = await service.holder(memberId)
  t.ok(tokens.expiresAt > Date.now())
  t.match(await store.get(memberId), { tokens, refresh: null })
  t.strictSame(sandbox.requests.map(({ name }) => name), ['refresh_token', 'refresh_token', 'app.info'])
})

await t.test('refresher: does not overwrite an installation with unproven tokens', async t => {
  for (const member of ['another', undefined]) {
    const brought = { accessToken: 'brought', refreshToken: 'brought', expiresAt: Date.now() + 3_600_000 }
    const { service, memberId, store } = await changedWorld(t, { member_id: undefined }, {
      info: ({ result, ...rest }) =>
        ({ ...rest, result: { ...result, install: { ...result.install, ...(member && { member_id: member }) } } }),
      around: store => ({
        ...store,
        async replaceTokens (...args) {
          if (args[3] === 2) await store.replaceTokens(memberId, brought, Date.now())
          return await store.replaceTokens(...args)
        }
      })
    })
    const outcome = await service.holder(memberId).then(({ tokens }) => tokens, ({ code }) => code)
    t.strictSame(outcome, member === undefined ? brought : 'B24_ERR_TOKENS_LOST')
    t.match(await store.get(memberId), { tokens: brought, refresh: null })
  }
})

/** A portal on which somebody has installed again, with another refresh token than the living one. */
async function offeredWorld (
  t: Scope,
  refreshToken: (world: World) => string,
  refresh: object = {},
  given: Given & { info?: (answer: Info) => object } = {}
) {
  const world = await changedWorld(t, refresh, given)
  const { store, memberId } = world
  const row = await store.get(memberId) as Installation // just installed
  const offered = refreshToken(world)
  await store.install(
    { ...row, tokens: { accessToken: 'expired', refreshToken: offered, expiresAt: 0 }, isRefreshTokenCandidate: true },
    Date.now()
  )
  return { ...world, offered }
}
const genuine = ({ sandbox: { portals: { alpha } } }: World) => alpha.grant(alpha.users.admin).refreshToken
const leaked = ({ sandbox: { portals: { beta } } }: World) => beta.grant(beta.users.admin).refreshToken

await t.test('refresher: lets a proven candidate replace a living token', async t => {
  const { service, memberId, store, sandbox, pair, log, asked } = await offeredWorld(t, genuine)
  const { tokens } = await service.holder(memberId)
  t.match(await store.get(memberId), { tokens, candidateRefreshToken: undefined, refresh: null })
  t.equal(asked(), 1)
  t.strictSame(log, [])
  const { refreshToken } = sandbox.portals.alpha.grant(sandbox.portals.alpha.users.admin)
  await store.install(
    { ...await store.get(memberId) as Installation, tokens: { ...pair, refreshToken }, isRefreshTokenCandidate: true },
    Date.now()
  )
  t.match(await service.holder(memberId), { tokens: { accessToken: /./ } })
})

await t.test('refresher: keeps a living pair when the candidate is bad', async t => {
  const rows: Array<[name: string, refreshToken: (world: World) => string]> = [
    ['made up', () => 'made-up'],
    ['of another portal', leaked],
    ['of another application', ({ sandbox: { portals: { alpha } } }) =>
      alpha.grant(alpha.users.admin, { clientId: 'local.other' }).refreshToken],
    ['spent', ({ sandbox: { portals: { alpha } } }) => {
      const { accessToken, refreshToken } = alpha.grant(alpha.users.admin)
      alpha.revoke(accessToken)
      return refreshToken
    }]
  ]
  for (const [name, refreshToken] of rows) {
    const { service, memberId, store, log, asked, pair, offered } = await offeredWorld(t, refreshToken)
    t.match(await store.get(memberId), { tokens: { refreshToken: pair.refreshToken }, candidateRefreshToken: offered })
    const { tokens } = await service.holder(memberId)
    t.match(await store.get(memberId), { tokens, candidateRefreshToken: undefined, refresh: null }, name)
    t.equal(asked(), 2, name)
    t.match(log, [['warn', /the one before it is used/]], name)
  }
})

await t.test('refresher: records a lost pair when neither token is good', async t => {
  const { service, memberId, sandbox: { portals: { alpha } }, refresh, pair } = await offeredWorld(t, () => 'made-up')
  alpha.revoke(pair.accessToken)
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  t.match(await refresh(), { code: 'lost' })
})

await t.test('refresher: keeps both tokens while the server is unavailable', async t => {
  const { service, memberId, sandbox: { trouble }, store, pair, offered } = await offeredWorld(t, genuine)
  trouble.authorizationServer = 'error'
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  t.match(await store.get(memberId), {
    tokens: { refreshToken: pair.refreshToken }, candidateRefreshToken: offered, refresh: { code: 'unavailable' }
  })
})

await t.test('refresher: lets a candidate replace nothing until it is proven', async t => {
  const ahead = { ms: 0 }
  let isUnavailable = true
  const info = (answer: Info) => isUnavailable ? {} : answer
  const { service, memberId, store, pair, offered } = await offeredWorld(t, genuine, { member_id: undefined }, {
    ahead, info
  })
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  const kept = await store.get(memberId)
  t.match(kept, { tokens: { refreshToken: pair.refreshToken, expiresAt: 0 }, candidateRefreshToken: /^[0-9a-f]+$/ })
  t.not(kept?.candidateRefreshToken, offered)
  isUnavailable = false
  ahead.ms = minute
  const { tokens } = await service.holder(memberId)
  t.match(await store.get(memberId), { tokens, candidateRefreshToken: undefined, refresh: null })

  const foreign = await offeredWorld(t, leaked, { member_id: undefined })
  t.match(await foreign.service.holder(foreign.memberId), { tokens: { accessToken: /^[0-9a-f]+$/ } })
  t.equal(foreign.asked(), 2)
  t.match(await foreign.store.get(foreign.memberId), { refresh: null, candidateRefreshToken: undefined })
})

await t.test('refresher: keeps its pair beside an installation meanwhile', async t => {
  for (const [offered, isKept] of [['made-up', true], [undefined, false]] as const) {
    const { service, install, memberId, store, sandbox } = await worldFor(t)
    const { refreshToken } = await install()
    const row = await store.get(memberId) as Installation // just installed
    sandbox.trouble.authorizationServerDelay = 200
    const asking = service.holder(memberId)
    await until(() => sandbox.requests.length > 0)
    await store.install({
      ...row,
      tokens: {
        accessToken: 'brought',
        refreshToken: offered ?? 'brought',
        expiresAt: Date.now() +
        3_600_000
      },
      isRefreshTokenCandidate: offered !== undefined
    }, Date.now())
    const { tokens } = await asking
    t.equal(tokens.accessToken !== 'brought', isKept)
    t.not(tokens.refreshToken, refreshToken)
    t.strictSame((await store.get(memberId))?.tokens, tokens)
  }
})

/** A portal whose pair is being refreshed while somebody installs again, and brings a candidate. */
async function installedMeanwhile (
  t: Scope, { isProven = true, isOfCandidate = false, brought }: {
    isProven?: boolean, isOfCandidate?: boolean, brought: (world: World) => string
  }
) {
  const ahead = { ms: 0 }
  const sandbox = await sandboxFor(t)
  const server = isProven ? sandbox.authorizationServer : await changedServer(t, sandbox, { member_id: undefined })
  const world = await worldFor(t, { sandbox, server, ahead })
  const { store, memberId, service, asked } = world
  const { alpha } = sandbox.portals
  const bring = async (refreshToken: string) => {
    const row = await store.get(memberId) as Installation // just installed
    const tokens = { accessToken: 'brought', refreshToken, expiresAt: 0 }
    await store.install({ ...row, tokens, isRefreshTokenCandidate: true }, Date.now())
  }
  const { accessToken } = await world.install()
  if (isOfCandidate) {
    await bring(genuine(world))
    alpha.revoke(accessToken)
  }
  sandbox.trouble.authorizationServerDelay = 200
  const asking = service.holder(memberId)
  await until(() => asked() > 0)
  const candidateRefreshToken = brought(world)
  await bring(candidateRefreshToken)
  const { tokens } = await asking
  sandbox.trouble.authorizationServerDelay = 0
  ahead.ms = 60 * minute
  return { ...world, tokens, candidateRefreshToken }
}

await t.test('refresher: keeps the living pair that was on its way when an installation brings a bad one', async t => {
  for (const [isProven, isOfCandidate] of [[true, true], [true, false], [false, true], [false, false]] as const) {
    const { service, memberId, store, tokens, log } =
      await installedMeanwhile(t, { isProven, isOfCandidate, brought: () => 'made-up' })
    const name = JSON.stringify({ isProven, isOfCandidate })
    t.match(await store.get(memberId), { tokens, candidateRefreshToken: 'made-up', refresh: null }, name)
    t.match(await service.holder(memberId), { refresh: null }, `${name}: it is alive`)
    t.match(log, [['warn', /the one before it is used/]], name)
  }
})

await t.test('refresher: leaves an installation the refresh token that it brings during a refresh', async t => {
  const { service, memberId, tokens, sandbox: { portals: { alpha } }, log } =
    await installedMeanwhile(t, { brought: genuine })
  // The portal was installed anew: what that has brought is alone alive.
  alpha.revoke(tokens.accessToken)
  t.match(await service.holder(memberId), { refresh: null })
  t.strictSame(log, [])
})

await t.test('refresher: pauses ever longer until a person acts', async t => {
  const rows: Array<[said: object, minutes: number[]]> = [
    [{ error: 'PAYMENT_REQUIRED' }, [1, 5, 30, 120, 720, 1440, 1440]],
    [{ error: 'invalid_grant' }, [1, Infinity]],
    [{ error: 'invalid_client' }, [1, 2, 5, 5]],
    [{ error: 'overload_limit' }, [1 / 60, 2 / 60, 5 / 60, 15 / 60, 1, 1]]
  ]
  for (const [said, minutes] of rows) {
    const ahead = { ms: 0 }
    const { service, install, memberId, refresh } = await worldFor(t, {
      server: await jsonServerFor(t, 400, said), ahead
    })
    await install()
    const pauses: number[] = []
    for (const expected of minutes) {
      await t.rejects(service.holder(memberId))
      const state = await refresh()
      pauses.push((Number(state?.nextTryAt) - Number(state?.at)) / minute)
      ahead.ms += expected * minute
    }
    t.strictSame(pauses, minutes)
  }
})

await t.test('refresher: begins the pauses anew with another code or a success', async t => {
  const ahead = { ms: 0 }
  const { service, install, memberId, sandbox: { trouble, portals: { alpha } }, refresh } = await worldFor(t, { ahead })
  await install()
  trouble.authorizationServer = 'down'
  for (const attempts of [1, 2]) {
    await t.rejects(service.holder(memberId))
    t.match(await refresh(), { code: 'unavailable', attempts })
    ahead.ms += minute
  }
  trouble.authorizationServer = 'none'
  await service.holder(memberId)
  t.equal(await refresh(), null)
  alpha.uninstall()
  ahead.ms += 60 * minute
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  t.match(await refresh(), { code: 'not_installed', attempts: 1 })
})

await t.test('refresher: finds a lost answer at the next refresh', async t => {
  const ahead = { ms: 0 }
  const { service, install, memberId, sandbox: { trouble }, refresh } = await worldFor(t, { ahead })
  await install()
  trouble.refresh = 'cut'
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  trouble.refresh = 'none'
  ahead.ms = 1000
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_LOST' })
  t.match(await refresh(), { code: 'lost' })
})

await t.test('refresher: loses nothing to a wrong client secret', async t => {
  const { service, install, memberId } = await worldFor(t, { clientSecret: 'wrong' })
  await install()
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_REFUSED', message: /invalid_client/ })
})

await t.test('refresher: asks no server that is not on the list', async t => {
  const { service, store, install, memberId, asked } = await worldFor(t)
  await install()
  const row = await store.get(memberId)
  await store.recordPortal({
    ...row,
    memberId,
    domain: '',
    clientEndpoint: '',
    scope: [],
    status: 'L',
    serverEndpoint: 'https://foreign.example/rest/'
  }, Date.now())
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_REFUSED', message: /server_not_allowed/ })
  t.equal(asked(), 0)
})

await t.test('refresher: rejects without an installation or without tokens', async t => {
  const { service, store, install, memberId } = await worldFor(t)
  await t.rejects(service.holder('unknown'), { code: 'B24_ERR_NOT_INSTALLED' })
  await install()
  await store.markUninstalled(memberId, 1)
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  await store.recordPortal({ memberId, domain: '', clientEndpoint: '', serverEndpoint: '', scope: [], status: 'L' }, 2)
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_MISSING' })
})

await t.test('refresher: does not overwrite the pair of an installation', async t => {
  const { service, install, memberId, store, sandbox, refresher } = await worldFor(t)
  await install()
  sandbox.trouble.authorizationServerDelay = 200
  const asking = service.holder(memberId)
  await until(() => sandbox.requests.length > 0)
  const brought = await install(3600)
  t.strictSame((await asking).tokens, brought)
  t.strictSame((await store.get(memberId))?.tokens, brought)
  t.equal(refresher.outcomes().superseded, 1)
})

await t.test('refresher: stores a fresh pair however often the store fails', async t => {
  for (const [faults, code] of [[2, undefined], [3, 'B24_ERR_STORE_UNAVAILABLE']] as const) {
    let left: number = faults
    const { service, install, memberId, store, log } = await worldFor(t, {
      around: store => ({
        ...store,
        replaceTokens: async (...args) =>
          left-- > 0 ? await Promise.reject(new Error('restarting')) : await store.replaceTokens(...args)
      })
    })
    const { accessToken } = await install()
    const outcome = await service.holder(memberId).then(() => undefined, error => error.code)
    t.equal(outcome, code)
    t.equal((await store.get(memberId))?.tokens?.accessToken === accessToken, code !== undefined)
    t.equal(log.filter(([level]) => level === 'error').length, code === undefined ? 0 : 1)
  }
})

await t.test('refresher: logs what it cannot record', async t => {
  const {
    service, install, memberId, sandbox: { portals: { alpha } }, log, dependencies
  } = await worldFor(t, {
    around: store => ({ ...store, recordRefresh: async () => { throw new Error('disk full') } })
  })
  await install()
  alpha.uninstall()
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_NOT_INSTALLED' })
  t.match(log, [['warn'], ['error', 'a refused refresh could not be recorded']])
  const refresh = async () => { throw new RangeError('a bug') }
  const buggy = createRefresher({
    ...dependencies, authorizationServers: { ...dependencies.authorizationServers, refresh }
  })
  await t.rejects(buggy.refresh(await buggy.read(memberId)), { message: 'a bug' })
})

await t.test('refresher: pauses after a bug of ours, too', async t => {
  let asked = 0
  const { install, memberId, refresher, service, refresh } = await worldFor(t, {
    refreshAnswer: async () => {
      asked++
      throw new RangeError('a bug')
    }
  })
  await install()
  await t.rejects(service.holder(memberId), { message: 'a bug' })
  await t.rejects(service.holder(memberId), { code: 'B24_ERR_TOKENS_REFUSED', message: /failed/ })
  t.match(await refresh(), { code: 'failed', attempts: 1 })
  t.equal(refresher.errors().failed, 1)
  t.equal(asked, 1)
})

await t.test('refresher: hands out the pair of whoever spent the token', async t => {
  for (const storedAfter of [0, 30]) {
    const { install, memberId, store, refresher, dependencies, refresh, log } = await worldFor(t)
    await install()
    const pair = { accessToken: 'new', refreshToken: 'new', expiresAt: Date.now() + 3_600_000 }
    const storing = { done: Promise.resolve(true) }
    const answer = async () => {
      storing.done = new Promise(resolve => setTimeout(resolve, storedAfter)).then(() =>
        store.replaceTokens(memberId, pair, 1))
      if (storedAfter === 0) await storing.done
      return { error: 'invalid_grant' }
    }
    const patient = createRefresher({
      ...dependencies,
      settleTime: 2000,
      authorizationServers: { ...dependencies.authorizationServers, refresh: answer }
    })
    t.match(await patient.refresh(await refresher.read(memberId)), { tokens: pair, tokenVersion: 2 })
    await storing.done
    t.equal(await refresh(), null)
    t.match(patient.outcomes(), { superseded: 1, lost: 0 })
    t.strictSame(log, [])
  }
})

await t.test('refresher: loses nothing when two leases overlap', async t => {
  const { install, memberId, dependencies, asked, refresh } = await worldFor(t)
  await install()
  const refresher = createRefresher({ ...dependencies, settleTime: 1000 })
  const holder = await refresher.read(memberId)
  const [one, other] = await Promise.all([refresher.refresh(holder), refresher.refresh(holder)])
  t.equal(one.tokens.accessToken, other.tokens.accessToken)
  t.equal(await refresh(), null)
  t.equal(asked(), 2)
})

await t.test('refresher: shows no token in an error or in the log', async t => {
  const lines: unknown[] = []
  const { install, memberId, dependencies, sandbox } = await worldFor(t)
  const warn = (...line: unknown[]) => { lines.push(line) }
  const refresher = createRefresher({ ...dependencies, log: { ...dependencies.log, warn } })
  const { accessToken, refreshToken } = await install()
  sandbox.trouble.authorizationServer = 'down'
  const error = await refresher.refresh(await refresher.read(memberId)).catch(error => error)
  t.notMatch(JSON.stringify([lines, error, error.message, error.stack, String(error.cause)]), new RegExp(
    `${accessToken}|${refreshToken}|${memberId}|${sandbox.clientSecret}`
  ))
  t.equal(lines.length, 1)
})

await t.test('refresher: counts outcomes and codes, undocumented ones as one', async t => {
  const { install, memberId, refresher } = await worldFor(t)
  await install()
  const row = await refresher.read(memberId)
  const codes = ['lost', 'unavailable', 'payment_required', 'payment_required', 'their_own', 'constructor']
  for (const code of codes) await refresher.refuse(row, code)
  refresher.count('refreshed')
  t.match(refresher.outcomes(), { refreshed: 1, superseded: 0, lost: 1, refused: 4, unavailable: 1, recovered: 0 })
  t.match(refresher.errors(), {
    lost: 1, unavailable: 1, unreadable: 0, wrong_client: 0, payment_required: 2, other: 2
  })
})
