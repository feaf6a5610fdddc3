import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import answerRoute from './answer-route.ts'
import { createApprovals, type Approvals } from './approval-service.ts'
import { createSqlApprovalStore } from './sql-approval-store.ts'

declare module 'fastify' {
  interface FastifyInstance { approvals: Approvals }
}

const day = 24 * 3_600_000
// Longer than links to requests are good
const retentionDays = 365

/** What the screen `approval` needs: its tables, the service that records answers, the route for them, and texts. */
async function approval (fastify: FastifyInstance) {
  const { database, installations, log } = fastify
  const store = await createSqlApprovalStore(database, log)
  fastify.decorate('approvals', createApprovals(fastify, store))
  fastify.addPageFolder(import.meta.dirname)
  await fastify.register(answerRoute)

  // What is answered after it, or left when it fails, the purge forgets.
  installations.onUninstalled(store.forget)
  let purging = Promise.resolve()
  const purge = () => {
    purging = store.purge(Date.now() - retentionDays * day)
      .catch(err => log.error({ err }, 'old answers to requests could not be deleted; trying again in a day'))
  }
  const timer = setInterval(purge, day).unref()
  fastify.addHook('onReady', async () => purge())
  fastify.addHook('onClose', async () => {
    clearInterval(timer)
    await purging
  })
}

export default fp(approval, {
  fastify: '5.x',
  name: 'screen-approval',
  decorators: {
    fastify: ['config', 'database', 'i18n', 'installations', 'limitRate', 'portalRest', 'addPageFolder']
  }
})
