import type { Static, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { FastifyRequest } from 'fastify'
import { deriveKey } from '../../src/crypto/keys.ts'
import { createSealedTokens } from '../../src/crypto/sealed-token.ts'
import { PageSessionError } from '../../src/errors.ts'
import type { PageSession } from './session.ts'

interface GrantsOptions {
  /** Keys of 32 bytes, newest first: the first seals, each of them opens */
  keys: readonly [Uint8Array, ...Uint8Array[]]
  /** client_id: grants of another application do not open */
  clientId: string
  /** Milliseconds since 1970 */
  now: () => number
  /** Since when the application is installed on a portal; null: it is not; undefined: nothing is stored */
  installedAt: (memberId: string) => Promise<number | null | undefined>
  /** The verified session of the page that makes this call */
  session: (request: FastifyRequest) => Promise<PageSession>
}

export interface Grants {
  /**
   * Seals what a handler allows the user of its page, such as `{ deal: 8061 }`: good for a day, for this user, on
   * this portal, as long as the application stays installed there. To open it takes a session that has not ended.
   *
   * @throws PageSessionError for a request that nothing has verified, StoreUnavailableError
   */
  sealGrant: (request: FastifyRequest, grant: object) => Promise<string>
  /**
   * Opens a grant in a route that the page calls; verifies the page session first, unless that is done.
   *
   * @param schema what the grant has to be: one for something else does not open
   * @throws PageSessionError for a grant that is expired, changed, of another user or does not fit; and what
   *   `verifyPageSession` throws
   */
  openGrant: <T extends TSchema>(request: FastifyRequest, token: string, schema: T) => Promise<Static<T>>
}

/** What a grant is sealed with. */
interface Sealed { memberId: string, userId: number, since: number | null | undefined, grant: object }

// As long as the session of a page that stays open can be exchanged.
const day = 24 * 3_600_000

/** Grants: what a page's handler allows its user. The session of a page says who calls, but not for which record. */
export function createGrants ({ keys, clientId, now, installedAt, session }: GrantsOptions): Grants {
  const [newest, ...older] = keys
  // A key signs sessions; one that comes from it seals grants.
  const own = (key: Uint8Array) => deriveKey(key, 'page-grants')
  const sealed = createSealedTokens<Sealed>([own(newest), ...older.map(own)], `page-grants ${clientId}`, now)

  return {
    async sealGrant (request, grant) {
      const user = request.verifiedCall ?? request.pageSession
      if (user === null) throw new PageSessionError()
      const { memberId, userId } = user
      return await sealed.seal({ memberId, userId, since: await installedAt(memberId), grant }, now() + day)
    },
    async openGrant<T extends TSchema> (request: FastifyRequest, token: string, schema: T): Promise<Static<T>> {
      const { memberId, userId } = await session(request)
      const found = await sealed.open(token).catch(cause => { throw new PageSessionError({ cause }) })
      const isOfUser = found.memberId === memberId && found.userId === userId
      if (!isOfUser || found.since !== await installedAt(memberId)) throw new PageSessionError()
      const { grant } = found
      if (!Value.Check(schema, grant)) throw new PageSessionError()
      return grant
    }
  }
}
