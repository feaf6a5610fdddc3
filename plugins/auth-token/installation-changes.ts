import { ApplicationTokenError, NotInstalledError } from '../../src/errors.ts'
import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'
import type { KnownPortal, UnverifiedCall, Verification, VerifiedCall, Verify } from './calls.ts'
import type { Epochs } from './verified-calls.ts'

interface UpToDateOptions {
  epochs: Epochs
  /** Stores a portal's address; see `recordPortal` of the store. Undefined when it cannot be written */
  record: (portal: PortalAddress, seen: SeenInstallation) => Promise<number | null | undefined>
}

const nothingSeen: SeenInstallation = { uninstallRequestedAt: null, uninstalledAt: null }

/** Records what a new proof says of a portal, and verifies once more when the installation changed meanwhile. */
export function upToDate (
  verify: (call: UnverifiedCall) => Promise<Verification>, { epochs, record }: UpToDateOptions
): Verify {
  /** Undefined when the installation ended or changed meanwhile. */
  async function verifyOnce (call: UnverifiedCall): Promise<VerifiedCall | undefined> {
    const begun = epochs.now()
    const { verified, known, isNew } = await verify(call)
    if (!call.installing && isNew && (known === undefined || differs(known, verified))) {
      const installedAt = await record(verified, known ?? nothingSeen)
      if (installedAt === null) return undefined
      verified.installedAt = installedAt ?? verified.installedAt
    }
    return epochs.since(call.memberId) > begun ? undefined : verified
  }

  return async call => {
    const verified = await verifyOnce(call) ?? await verifyOnce(call)
    if (verified === undefined) throw new NotInstalledError()
    return verified
  }
}

interface ChangedTokenOptions {
  isAdmin: (call: VerifiedCall) => Promise<boolean>
  /** Stores the application token of an administrator's call */
  replaceToken: (call: UnverifiedCall, userId: number) => Promise<void>
  /** Told of calls that anybody else makes */
  refuse: (call: UnverifiedCall, userId: number) => void
  epochs: Epochs
}

/**
 * Lets an administrator's call replace a stored application token that has changed: a new client secret changes it on
 * all portals, without an event. The call is verified like an installation, so nobody learns which portals are stored.
 *
 * @throws ApplicationTokenError for everybody else, NotInstalledError, and what `verify` throws
 */
export function replacingToken (verify: Verify, options: ChangedTokenOptions): Verify {
  const { isAdmin, replaceToken, refuse, epochs } = options
  return async call => {
    try {
      return await verify(call)
    } catch (error) {
      if (call.applicationToken === '' || !(error instanceof ApplicationTokenError)) throw error
    }
    const verified = await verify({ ...call, installing: true })
    if (!verified.installed) throw new NotInstalledError()
    if (!await isAdmin(verified)) {
      refuse(call, verified.userId)
      throw new ApplicationTokenError()
    }
    await replaceToken(call, verified.userId)
    epochs.end(call.memberId)
    return verified
  }
}

function differs (known: KnownPortal, proven: PortalAddress): boolean {
  return known.uninstalledAt !== null || known.uninstallRequestedAt !== null ||
    known.domain !== proven.domain || known.status !== proven.status || known.scope.join() !== proven.scope.join() ||
    known.clientEndpoint !== proven.clientEndpoint || known.serverEndpoint !== proven.serverEndpoint
}
