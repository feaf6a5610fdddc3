import type { FastifyBaseLogger } from 'fastify'
import { storeUnavailable } from '../../src/errors.ts'
import { memberHash } from '../../src/log/logger.ts'
import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'
import type { AuthTokenOptions } from './options.ts'

interface PortalRecordsOptions {
  store: AuthTokenOptions['store']
  log: Pick<FastifyBaseLogger, 'error' | 'warn'>
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

  async replaceToken (memberId: string, applicationToken: string): Promise<void> {
    await store?.replaceApplicationToken(memberId, applicationToken, now())
      .catch(err => log.error({ err }, 'could not store a new application token'))
    log.warn({ member: memberHash(memberId) },
      "the application token of an installation has changed: an administrator's call brought the new one")
  }
})
