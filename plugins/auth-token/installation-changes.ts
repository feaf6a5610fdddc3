import { ApplicationTokenError, AuthIdExpiredError, NotInstalledError, TooManyProofsError } from '../../src/errors.ts'
import type { PortalAddress, SeenInstallation } from '../../src/store/installation-store.ts'
import type { Compared, KnownPortal, UnverifiedCall, Verification, VerifiedCall, Verify } from './calls.ts'
import type { FailureLimit } from './failure-limit.ts'
import type { Epochs } from './verified-calls.ts'

interface UpToDateOptions {
  epochs: Epochs
  /** Stores a portal's address; see `recordPortal` of the store. Undefined when it cannot be written */
  record: (portal: PortalAddress, seen: SeenInstallation) => Promise<number | null | undefined>
  /** Compares a call with what is stored now. Throws ApplicationTokenError */
  compare: (call: UnverifiedCall) => Promise<Compared>
}

const nothingSeen: SeenInstallation = { uninstallRequestedAt: null, uninstalledAt: null }

/**
 * Records what a new proof says of a portal. When the installation changes meanwhile, the call is verified once more;
 * when it changes again, the proof is judged by what is stored then, so that no portal can keep us asking.
 */
export function upToDate (
  verify: (call: UnverifiedCall) => Promise<Verification>, { epochs, record, compare }: UpToDateOptions
): Verify {
  async function verifyOnce (call: UnverifiedCall): Promise<Verification & { hasChanged: boolean }> {
    const begun = epochs.now()
    const verification = await verify(call)
    const { verified, known, isNew } = verification
    if (!call.installing && isNew && (known === undefined || differs(known, verified))) {
      const installedAt = await record(verified, known ?? nothingSeen)
      if (installedAt === null) return { ...verification, hasChanged: true }
      verified.installedAt = installedAt ?? verified.installedAt
    }
    return { ...verification, hasChanged: epochs.since(call.memberId) > begun }
  }

  /** Judges a proof by the installation that is there after it. */
  async function judge (call: UnverifiedCall, { verified, known }: Verification): Promise<VerifiedCall> {
    const { known: latest, installation } = await compare(call)
    if (installation === undefined) {
      // Only a tombstone that was there before the proof says nothing against it.
      if (latest !== undefined && latest.uninstalledAt !== known?.uninstalledAt) throw new NotInstalledError()
      return verified
    }
    // The tokens of an installation end with it.
    const isReplaced = known?.uninstalledAt === null && known.installedAt !== installation.installedAt
    if (isReplaced) throw new AuthIdExpiredError()
    return { ...verified, installedAt: installation.installedAt }
  }

  return async call => {
    const first = await verifyOnce(call)
    const last = first.hasChanged ? await verifyOnce(call) : first
    return last.hasChanged ? await judge(call, last) : last.verified
  }
}

interface ChangedTokenOptions {
  isAdmin: (call: VerifiedCall) => Promise<boolean>
  /** Stores the application token of an administrator's call */
  replaceToken: (call: UnverifiedCall, userId: number) => Promise<void>
  /** Told of calls that anybody else makes */
  refuse: (call: UnverifiedCall, userId: number) => void
  /** Of each user: every employee could have the portal asked about them again and again */
  limit: FailureLimit
  epochs: Epochs
}

/**
 * Lets an administrator's call replace a stored application token that has changed: a new client secret changes it on
 * all portals, without an event. The call is verified like an installation, so nobody learns which portals are stored.
 *
 * @throws ApplicationTokenError for everybody else, TooManyProofsError, NotInstalledError, and what `verify` throws
 */
export function replacingToken (verify: Verify, options: ChangedTokenOptions): Verify {
  const { isAdmin, replaceToken, refuse, limit, epochs } = options

  async function ask (call: VerifiedCall): Promise<boolean> {
    const user = `${call.memberId} ${call.userId}`
    if (!limit.hasRoom(user)) throw new TooManyProofsError()
    const end = limit.begin(user)
    let may = false
    try {
      may = await isAdmin(call)
      return may
    } finally {
      end(!may)
    }
  }

  return async call => {
    try {
      return await verify(call)
    } catch (error) {
      if (call.applicationToken === '' || !(error instanceof ApplicationTokenError)) throw error
    }
    const verified = await verify({ ...call, installing: true })
    if (!verified.installed) throw new NotInstalledError()
    if (!await ask(verified)) {
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
