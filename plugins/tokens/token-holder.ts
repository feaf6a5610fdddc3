import { NotInstalledError, StoreUnavailableError, TokensMissingError } from '../../src/errors.ts'
import type { Installation, InstallationStore, TokenPair } from '../../src/store/installation-store.ts'

/** A living installation with a token pair. */
export type TokenHolder = Installation & { tokens: TokenPair }

/** What is stored of a portal, with a pair. Errors: NotInstalledError, TokensMissingError, StoreUnavailableError. */
export async function readHolder (memberId: string, store: Pick<InstallationStore, 'get'>): Promise<TokenHolder> {
  const row = await store.get(memberId).catch(cause => { throw new StoreUnavailableError({ cause }) })
  if (row?.uninstalledAt !== null) throw new NotInstalledError()
  if (row.tokens === null) throw new TokensMissingError()
  return { ...row, tokens: row.tokens }
}
