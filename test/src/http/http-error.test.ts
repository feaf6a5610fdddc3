import t from 'tap'
import * as errors from '../../../src/errors.ts'
import { toHttpError } from '../../../src/http/http-error.ts'

const withCode = (code: unknown, statusCode?: number) => Object.assign(new Error('secret'), {
  code, ...(statusCode && { statusCode })
})

await t.test('toHttpError: keeps code, status and page of our errors', async t => {
  t.strictSame(toHttpError(new errors.AuthIdExpiredError()), {
    code: 'B24_ERR_AUTH_ID_EXPIRED', statusCode: 401, pageName: 'expired', stage: 'proof'
  })
  t.strictSame(
    toHttpError(new errors.AuthorizationServerUnavailableError()).retryAfter,
    30,
    'with the seconds to wait, if it names some'
  )
})

await t.test('toHttpError: maps an error of the portal to a page by its code', async t => {
  const rows: Array<[portalCode: string, pageName: string | undefined]> = [
    ['ACCESS_DENIED', undefined],
    ['unknown', undefined],
    ['constructor', undefined],
    ['PAYMENT_REQUIRED', 'payment'],
    ['expired_token', 'expired'],
    ['EXPIRED_TOKEN', 'expired'],
    ['invalid_token', 'expired'],
    ['QUERY_LIMIT_EXCEEDED', 'too-many'],
    ['http_429', 'too-many'],
    ['http_403', undefined],
    ['OPERATION_TIME_LIMIT', 'too-many']
  ]
  for (const [portalCode, pageName] of rows) {
    const refused = new errors.PortalRefusedError(portalCode)
    t.match(refused, {
      code: 'B24_ERR_PORTAL_REFUSED',
      statusCode: 502,
      portalCode,
      message: `The portal refused a REST call: ${portalCode}`
    })
    t.strictSame(toHttpError(refused), {
      code: 'B24_ERR_PORTAL_REFUSED',
      statusCode: 502,
      stage: 'handler',
      portalCode,
      pageName: pageName ?? 'portal-refused'
    })
    const installing = new errors.InstallRefusedError(portalCode)
    t.match(installing, { code: 'B24_ERR_INSTALL_REFUSED', statusCode: 502, portalCode })
    t.strictSame(toHttpError(installing), {
      code: 'B24_ERR_INSTALL_REFUSED',
      statusCode: 502,
      stage: 'install',
      portalCode,
      pageName: pageName ?? 'install-refused'
    })
  }
  t.ok(new errors.PortalRefusedError('ACCESS_DENIED') instanceof errors.PortalRefusedError)
  t.notOk(new errors.PortalUnavailableError() instanceof errors.PortalRefusedError)
})

await t.test('toHttpError: gives errors of others a code of ours', async t => {
  const rows: Array<[name: string, thrown: unknown, code: string]> = [
    ['body too large', withCode('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'B24_ERR_TOO_LARGE'],
    ['other content type', withCode('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 'B24_ERR_CONTENT_TYPE'],
    ['schema', withCode('FST_ERR_VALIDATION', 400), 'B24_ERR_CALL_MALFORMED'],
    ['a file too large', withCode('FST_REQ_FILE_TOO_LARGE', 413), 'B24_ERR_TOO_LARGE'],
    ['another status that blames the request', withCode('OTHER', 499), 'B24_ERR_REQUEST_REFUSED'],
    ['a status of the server', withCode('OTHER', 503), 'B24_ERR_INTERNAL'],
    ['a status of success', withCode('OTHER', 200), 'B24_ERR_INTERNAL'],
    ['a bug', new TypeError('secret'), 'B24_ERR_INTERNAL'],
    ['a code that every object has', withCode('constructor'), 'B24_ERR_INTERNAL'],
    ['a code that is no text', withCode(20), 'B24_ERR_INTERNAL'],
    ['no error at all', 'secret', 'B24_ERR_INTERNAL'],
    ['nothing', undefined, 'B24_ERR_INTERNAL']
  ]
  for (const [name, thrown, code] of rows) t.equal(toHttpError(thrown).code, code, name)
})

await t.test('toHttpError: keeps the status that a handler refuses a request by', async t => {
  for (const status of [403, 404, 409, 422]) t.equal(toHttpError(withCode('OTHER', status)).statusCode, status)
  t.equal(toHttpError(withCode('OTHER', 503)).statusCode, 500)
})
