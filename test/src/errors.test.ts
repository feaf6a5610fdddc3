import t from 'tap'
import * as errors from '../../src/errors.ts'
import { stageOf, toHttpError } from '../../src/http/http-error.ts'
import * as exported from '../../src/index.ts'

await t.test('errors: each has its own code and the status of the catalogue', async t => {
  const { httpErrors, handlerError, storeUnavailable, ...all } = errors
  type Made = { code: string, statusCode: number }
  const made = Object.values(all).map(Kind => Reflect.construct(Kind, ['a', 'b', 'c']) as Made)
  t.equal(new Set(made.map(({ code }) => code)).size, made.length)
  for (const { code, statusCode } of made) {
    t.match(code, /^B24_ERR_[A-Z]+(_[A-Z0-9]+)*$/)
    t.equal(httpErrors.get(code)?.statusCode ?? 500, statusCode, code)
  }
  for (const [code, { statusCode, stage }] of httpErrors) {
    t.ok(made.some(error => error.code === code), code)
    const error = Object.assign(new Error(), { code })
    t.match([toHttpError(error), stageOf(code)], [{ code, statusCode, stage }, stage])
  }
  t.equal(toHttpError(new errors.ScreenError('a', 'b')).code, 'B24_ERR_INTERNAL')
  t.equal(stageOf('FST_ERR_VALIDATION'), undefined)
})

await t.test('errors: the package exports each class', async t => {
  const { httpErrors, storeUnavailable, ...all } = errors
  t.strictSame(Object.keys(all).filter(name => !(name in exported)), [])
})

await t.test('handlerError: makes errors with codes of the application', async t => {
  const PartMissingError = errors.handlerError('SHOP_PART_MISSING', 404, 'part-missing', 'There is no part %s', 5)
  const error = new PartMissingError('42')
  t.match(error, { code: 'SHOP_PART_MISSING', statusCode: 404, message: 'There is no part 42' })
  t.match(toHttpError(error), { code: 'SHOP_PART_MISSING', statusCode: 404, pageName: 'part-missing', retryAfter: 5 })
  t.equal(stageOf('SHOP_PART_MISSING'), 'handler')
  t.throws(() => errors.handlerError('SHOP_PART_MISSING', 404, 'part-missing', ''), /SHOP_PART_MISSING already/)
})
