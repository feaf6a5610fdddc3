import type { FastifyBaseLogger } from 'fastify'
import { storeUnavailable } from '../../src/errors.ts'
import { audit } from '../../src/log/audit.ts'
import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'
import type { UnverifiedCall } from './calls.ts'
import type { AuthTokenOptions } from './options.ts'

interface PortalRecordsOptions {
  store: AuthTokenOptions['store']
  log: Pick<FastifyBaseLogger, 'error' | 'info' | 'warn'>
  now: () => number
}

/** What the verification reads from the store and writes to it. A store that cannot write stops no verified call. */
export const createPortalRecords = ({ store, log, now }: PortalRecordsOptions) => ({
  find: async (memberId: string) => await store?.get(memberId).catch(storeUnavailable),

  record: async (portal: PortalAddress, seen: SeenInstallation): Promise<number | null | undefined> =>
    await store?.recordPortal(portal, now(), seen).catch(err => {
      log.error({ err }, 'could not record a verified portal')
      return undefined
    }),

  async replaceToken ({ memberId, applicationToken, ip }: UnverifiedCall, user: number): Promise<void> {
    await store?.replaceApplicationToken(memberId, applicationToken, now()).then(
      () => audit(log, 'application-token.replaced', { ip, member: memberId, user }),
      err => log.error({ err }, 'could not store a new application token')
    )
  }
})
