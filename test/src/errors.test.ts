import t from 'tap'
import * as errors from '../../src/errors.ts'
import { stageOf, toHttpError } from '../../src/http/http-error.ts'

await t.test('errors: each has its own code and the status of the catalogue', async t => {
  const { httpErrors, ...all } = errors
  const made = Object.values(all).map(Kind => Reflect.construct(Kind, ['a', 'b', 'c']) as { code: string, statusCode: number })
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
  t.strictSame([toHttpError(new errors.ScreenError('a', 'b')).code, stageOf('FST_ERR_VALIDATION')], ['B24_ERR_INTERNAL', undefined])
})
