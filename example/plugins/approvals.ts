import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createApprovals, type Approvals } from '../screens/approval/approval-service.ts'
import { createApprovalStore } from '../screens/approval/approval-store.ts'

declare module 'fastify' {
  interface FastifyInstance { approvals: Approvals }
}

const day = 24 * 3_600_000
// Longer than links to requests are good
const retentionDays = 365

/** The service that records the answers to requests for approval, and forgets them at the end. */
async function approvals (fastify: FastifyInstance) {
  const { database, log } = fastify
  const store = createApprovalStore(database)
  fastify.decorate('approvals', createApprovals(fastify, store))

  fastify.onUninstalled(async ({ portal, clean }) => {
    if (clean) await store.forget(portal.memberId)
  })
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

export default fp(approvals, { fastify: '5.x', name: 'example-approvals' })
