import t from 'tap'
import { createExchangeBrought } from '../../../plugins/tokens/exchange-brought.ts'
import { AuthorizationServerUnavailableError } from '../../../src/errors.ts'
import { worldFor } from './world.ts'

await t.test('exchangeBrought: keeps a pair until the server has said whose it is', async t => {
  const { sandbox, dependencies: { authorizationServers }, memberId, asked } = await worldFor(t)
  const { clientId, authorizationServer: server, portals: { alpha } } = sandbox
  let isAway = true
  const exchangeBrought = createExchangeBrought({
    clientId,
    authorizationServers: {
      ...authorizationServers,
      appInfo: async (...question) => {
        if (isAway) throw new AuthorizationServerUnavailableError()
        return await authorizationServers.appInfo(...question)
      }
    }
  })
  const { refreshToken } = alpha.grant(alpha.systemUser)
  const exchange = (userId: number) => exchangeBrought(server, refreshToken, { memberId, userId })
  for (let time = 0; time < 2; time++) {
    await t.rejects(exchange(9), { code: 'B24_ERR_AUTHORIZATION_SERVER_UNAVAILABLE' })
  }
  isAway = false
  t.match(await exchange(9), { accessToken: /./, refreshToken: /./ })
  t.equal(asked(), 1, 'a token is good for one exchange')
  t.equal(await exchange(9), undefined, 'and so is what came of it')

  isAway = true
  const other = alpha.grant(alpha.users.employee).refreshToken
  const claim = () => exchangeBrought(server, other, { memberId, userId: 9 })
  await t.rejects(claim())
  isAway = false
  t.equal(await claim(), undefined, 'another user')
})
