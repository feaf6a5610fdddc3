import { createSealedTokens, NotInstalledError, PageSessionError, type KeyRing } from 'fastify-bitrix24'
import { DocumentsOffError } from '../../errors.ts'
import { createDocumentSource, type DocumentServers } from './document-source.ts'
import { createReaderTokens, type DocumentReader } from './reader-token.ts'

/** Which document may be read, and by whom. */
interface DocumentPass extends DocumentReader {
  /** Where the document is */
  url: string
  /** Since when the portal has the application (milliseconds since 1970): the pass ends with that installation */
  installedAt?: number | undefined
}

export interface DocumentsOptions extends DocumentServers {
  /** Of APP_SECRET: seals addresses, and signs who reads a document */
  keyRing: KeyRing
  /** client_id: a pass of another application is not opened */
  clientId: string
  /** Address of this service, as document servers know it */
  issuer: string
  /** Whether the installation that began then (undefined: whenever) still exists: a pass may outlive it */
  isInstalled: (memberId: string, installedAt: number | undefined) => Promise<boolean>
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

export type Documents = ReturnType<typeof createDocuments>

const hour = 3_600_000

/** Documents of listed servers, streamed through this service. Without a list all methods throw DocumentsOffError. */
export function createDocuments (options: DocumentsOptions) {
  const { origins, keyRing, issuer, clientId, isInstalled, now = Date.now } = options
  const passes = createSealedTokens<DocumentPass>(keyRing.keys('documents'), `documents ${clientId}`, now)
  const readers = createReaderTokens(keyRing.derive('document-readers'), issuer, now)
  const source = createDocumentSource(options, readers.sign)

  return {
    ...source,
    /** The list: a page of one server may lead to another one */
    origins,
    /** With which document servers check the header B24-Reader: a JWK Set */
    readerKeys: readers.publicKeys,
    /** The address of a document, perhaps not a listed one, by its number or path on the first server, or by itself. */
    addressOf (docId: string): string {
      const [first] = origins
      if (first === undefined) throw new DocumentsOffError()
      return URL.parse(docId, `${first}/`)?.href ?? ''
    },
    /**
     * A pass in an address, for pictures, frames and links, which cannot send a header. Good for an hour: a PDF reader
     * asks for more while it shows.
     */
    seal: async (pass: DocumentPass): Promise<string> => await passes.seal(pass, now() + hour),
    /** @throws {PageSessionError} for a pass that is expired, changed or not ours; {NotInstalledError} */
    async unseal (token: string): Promise<DocumentPass> {
      const pass = await passes.open(token).catch(cause => { throw new PageSessionError({ cause }) })
      if (!await isInstalled(pass.memberId, pass.installedAt)) throw new NotInstalledError()
      return pass
    }
  }
}
