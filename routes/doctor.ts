import type { FastifyPluginAsync } from 'fastify'
import { createKeyRing } from '../src/crypto/keys.ts'
import { NotFoundError } from '../src/errors.ts'
import { createSelfReports, selfReportHeader, selfReportPath } from '../src/http/self-report.ts'
import { trustedProxies } from '../src/http/trusted-proxies.ts'

/**
 * For `fastify-bitrix24 doctor`: says that this is the service of its settings, and how the request arrived. Without
 * APP_SECRET it answers 404.
 */
const doctor: FastifyPluginAsync = async (fastify) => {
  const { appSecret, clientId, trustProxy } = fastify.config
  const { answer } = createSelfReports(createKeyRing(appSecret), clientId)
  const isTrusted = trustedProxies(trustProxy || [])
  fastify.get(selfReportPath, { logLevel: 'warn' }, async ({ headers, socket }) => {
    const peer = String(socket.remoteAddress)
    const forwardedFor = headers['x-forwarded-for'] // Node joins what was sent twice
    const report = await answer(String(headers[selfReportHeader]), {
      peer, isTrusted: isTrusted(peer), ...(forwardedFor !== undefined && { forwardedFor: String(forwardedFor) })
    }).catch(() => { throw new NotFoundError() })
    return { report }
  })
}
export default doctor
