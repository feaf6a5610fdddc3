import t from 'tap'
import * as errors from '../../src/errors.ts'
import { stageOf, toHttpError } from '../../src/http/http-error.ts'

await t.test('errors: each has its own code and the status of the catalogue', async t => {
  const { httpErrors, ...all } = errors
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
