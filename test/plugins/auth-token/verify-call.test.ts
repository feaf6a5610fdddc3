import t from 'tap'
import type { Proof, Question, UnverifiedCall } from '../../../plugins/auth-token/calls.ts'
import { verifyCall, type VerifyRules } from '../../../plugins/auth-token/verify-call.ts'
import { AuthorizationServerUnavailableError } from '../../../src/errors.ts'
import type { Installation } from '../../../src/store/installation-store.ts'
import { installationOf, proofOf } from '../../build.ts'

const servers = ['https://one.example', 'https://two.example']
const known = installationOf({ applicationToken: 'stored', installedAt: 7 })
const proof = proofOf({ clientId: 'ours' })
const call: UnverifiedCall = {
  memberId: 'm1', authId: 'token', applicationToken: 'stored', serverEndpoint: '', ip: '192.0.2.1', installing: false
}

/** Verifies a call over plain data: its outcome, and what was asked. */
async function verify (changes: Partial<UnverifiedCall>, rules: Partial<VerifyRules> = {}) {
  const found: string[] = []
  const asked: Question[] = []
  const outcome = await verifyCall({ ...call, ...changes }, {
    clientId: 'ours',
    servers,
    policy: 'when-present',
    find: async memberId => {
      found.push(memberId)
      return known
    },
    ask: async question => {
      asked.push(question)
      return { proof, isNew: true }
    },
    ...rules
  }).then(({ verified }) => verified, error => error.code)
  return { outcome, found, asked }
}

await t.test('verifyCall: returns the proof, with the token and what is stored', async t => {
  const { outcome, asked } = await verify({})
  t.strictSame(outcome, { ...proof, installedAt: 7, accessToken: 'token' })
  t.match(asked, [{ accessToken: 'token', key: /^[\w+/]{43}=$/, memberId: 'm1', known, ip: '192.0.2.1' }])
})

await t.test('verifyCall: asks a page for no application token', async t => {
  for (const policy of ['required', 'when-present'] as const) {
    const { outcome, asked } = await verify({ applicationToken: '', pageOf: 2 }, { policy })
    t.match(outcome, { accessToken: 'token', installedAt: 7 }, policy)
    t.match(asked, [{ kind: 'without-application-token', pageOf: 2 }])
  }
  const { outcome } = await verify({ applicationToken: '' }, { policy: 'required' })
  t.equal(outcome, 'B24_ERR_APPLICATION_TOKEN')
})

await t.test('verifyCall: rule 1 refuses a malformed call before anything is read', async t => {
  const rows: Array<[changes: Partial<UnverifiedCall>, code: string]> = [
    [{ authId: '' }, 'B24_ERR_AUTH_ID_MISSING'],
    [{ serverEndpoint: 'https://three.example/rest/' }, 'B24_ERR_SERVER_ENDPOINT'],
    [{ serverEndpoint: 'https://one.example.evil.example/rest/' }, 'B24_ERR_SERVER_ENDPOINT'],
    [{ serverEndpoint: 'https://one.example@evil.example/rest/' }, 'B24_ERR_SERVER_ENDPOINT'],
    [{ serverEndpoint: 'https://one.example/' }, 'B24_ERR_SERVER_ENDPOINT'],
    [{ serverEndpoint: 'https://one.example/rest/x' }, 'B24_ERR_SERVER_ENDPOINT']
  ]
  for (const [changes, code] of rows) {
    t.strictSame(await verify(changes), { outcome: code, found: [], asked: [] }, JSON.stringify(changes))
  }
})

await t.test('verifyCall: SERVER_ENDPOINT or the stored one chooses the server', async t => {
  const [one, two] = ['https://one.example/rest/', 'https://two.example/rest/']
  const rows: Array<[posted: string, stored: string, expected: readonly string[]]> = [
    [two, '', ['https://two.example']],
    ['https://two.example/rest', '', ['https://two.example']],
    [two, one, ['https://two.example']],
    ['', two, ['https://two.example']],
    ['', 'https://three.example/rest/', servers],
    ['', '', servers]
  ]
  for (const [posted, stored, expected] of rows) {
    const find = async () => ({ ...known, serverEndpoint: stored })
    const { asked } = await verify({ serverEndpoint: posted }, { find })
    t.strictSame(asked[0]?.servers, expected, `posted '${posted}', stored '${stored}'`)
  }
})

await t.test('verifyCall: rule 2 compares the application token before asking', async t => {
  const tombstone = { ...known, uninstalledAt: 9 }
  const without = { ...known, applicationToken: null }
  type Row = [posted: string, stored: Installation | undefined, whenPresent: string, required: string]
  const [good, plain, wrong] = ['with-application-token', 'without-application-token', 'B24_ERR_APPLICATION_TOKEN']
  const rows: Row[] = [
    ['stored', known, good, good],
    ['wrong', known, wrong, wrong],
    ['stored and more', known, wrong, wrong],
    ['', known, plain, wrong],
    ['any', without, plain, plain],
    ['any', tombstone, plain, plain],
    ['any', undefined, plain, plain],
    ['', undefined, plain, wrong]
  ]
  for (const [applicationToken, stored, whenPresent, required] of rows) {
    for (const [policy, expected] of [['when-present', whenPresent], ['required', required]] as const) {
      const { outcome, asked } = await verify({ applicationToken }, { policy, find: async () => stored })
      t.equal(asked[0]?.kind ?? outcome, expected, `'${applicationToken}', ${policy}`)
    }
  }
})

await t.test('verifyCall: an installation need not know the application token', async t => {
  for (const applicationToken of ['stored', 'new', '']) {
    const { asked } = await verify({ applicationToken, installing: true }, { policy: 'required' })
    t.equal(asked[0]?.kind, 'installation', applicationToken)
  }
})

await t.test('verifyCall: rule 3 refuses a proof of something else', async t => {
  const rows: Array<[changes: Partial<Proof>, installing: boolean, code: string | undefined]> = [
    [{ clientId: 'theirs' }, false, 'B24_ERR_FOREIGN_APPLICATION'],
    [{ memberId: 'm2' }, false, 'B24_ERR_FOREIGN_PORTAL'],
    [{ installed: false }, false, 'B24_ERR_NOT_INSTALLED'],
    [{ clientId: 'theirs' }, true, 'B24_ERR_FOREIGN_APPLICATION'],
    [{ memberId: 'm2' }, true, 'B24_ERR_FOREIGN_PORTAL'],
    [{ installed: false }, true, undefined]
  ]
  for (const [changes, installing, code] of rows) {
    const ask = async () => ({ proof: { ...proof, ...changes }, isNew: true })
    const { outcome } = await verify({ installing }, { ask })
    if (code === undefined) t.match(outcome, { installed: false })
    else t.equal(outcome, code)
  }
})

await t.test('verifyCall: sets no installedAt for an uninstalled application', async t => {
  for (const stored of [undefined, { ...known, uninstalledAt: 9 }]) {
    t.match((await verify({}, { find: async () => stored })).outcome, { installedAt: undefined })
  }
})

await t.test('verifyCall: errors of the store and the servers end the call', async t => {
  const find = async () => { throw Object.assign(new Error(), { code: 'STORE' }) }
  const { outcome, asked } = await verify({}, { find })
  t.strictSame([outcome, asked], ['STORE', []])
  const outage = await verify({}, { ask: async () => { throw new AuthorizationServerUnavailableError() } })
  t.equal(outage.outcome, 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE')
})
