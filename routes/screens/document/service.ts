import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createDocumentSource, type DocumentSource } from './document-source.ts'
import { createReaderTokens, type DocumentReader, type ReaderTokens } from './reader-token.ts'
import { DocumentsOffError, NotInstalledError, PageSessionError } from '../../../src/errors.ts'
import { someKeys, type DerivedKey } from '../../../src/crypto/keys.ts'
import { createSealedTokens } from '../../../src/crypto/sealed-token.ts'

/** Which document may be read, as its address at this service says, and by whom. */
export interface DocumentPass extends DocumentReader {
  /** Where the document is */
  url: string
  /** Since when the portal has the application (milliseconds since 1970): the pass ends with that installation */
  installedAt?: number | undefined
}

export interface DocumentsOptions {
  /** Origins of the servers whose documents are shown; empty: none */
  origins: readonly string[]
  /** Keys of 32 bytes, newest first: the first seals addresses, each of them opens them */
  keys: readonly Uint8Array[]
  /** client_id: a pass of another application is not opened. Default: none */
  clientId?: string
  /** Keys of 32 bytes, newest first: the first signs who reads a document, and all of them are published to check it */
  readerKeys: readonly DerivedKey[]
  /** Address of this service, as document servers know it */
  issuer: string
  /**
   * Whether a portal still has the application, in the installation that began then (milliseconds since 1970; undefined: in
   * any): a pass outlives an uninstall.
   */
  isInstalled: (memberId: string, installedAt: number | undefined) => Promise<boolean>
  /** How long a server may take until the first byte, in milliseconds. Default 5000 */
  timeout?: number
  /** How long a server may fall silent after that, in milliseconds. Default 30 000 */
  idleTimeout?: number
  /** How long all requests may take together until a document is described, in milliseconds. Default 15 000 */
  deadline?: number
  /** The clock, in milliseconds since 1970. Default Date.now */
  now?: () => number
}

/** Documents of listed servers, streamed through this service. Errors of all methods: DocumentsOffError without a list. */
export interface Documents extends Pick<DocumentSource, 'describe' | 'open'> {
  /** The list: a page of one server may lead to another one */
  origins: readonly string[]
  /** What document servers check the header B24-Reader with: a JWK Set */
  readerKeys: ReaderTokens['publicKeys']
  /** In: a number or path on the first server of the list, or a whole address. Out: an address, which may still be of no listed server. */
  addressOf: (docId: string) => string
  /** A pass that a picture, a frame or a link can carry: none of them can send a header. Good for an hour: a reader asks for more while it shows. */
  seal: (pass: DocumentPass) => Promise<string>
  /** Errors: PageSessionError for a pass that is expired, changed or not ours; NotInstalledError. */
  unseal: (token: string) => Promise<DocumentPass>
}

declare module 'fastify' {
  interface FastifyInstance { documents: Documents }
}

const hour = 3_600_000

async function documents (fastify: FastifyInstance, options: DocumentsOptions) {
  const { origins, keys, readerKeys, issuer, clientId = '', isInstalled } = options
  const { timeout = 5000, idleTimeout = 30_000, deadline = 15_000, now = Date.now } = options
  const tokens = createSealedTokens<DocumentPass>(someKeys(keys, 'documents'), `documents ${clientId}`, now)
  const readers = createReaderTokens({ keys: readerKeys, issuer, now })
  const source = createDocumentSource({ origins, timeout, idleTimeout, deadline, signReader: readers.sign })
  fastify.addHook('onClose', source.close)
  const firstOrigin = () => {
    const [first] = origins
    if (first === undefined) throw new DocumentsOffError()
    return first
  }

  fastify.decorate('documents', {
    origins,
    readerKeys: readers.publicKeys,
    addressOf: docId => URL.parse(docId, `${firstOrigin()}/`)?.href ?? '',
    async describe (url, reader) {
      firstOrigin()
      return await source.describe(url, reader)
    },
    async open (url, reader, part, signal) {
      firstOrigin()
      return await source.open(url, reader, part, signal)
    },
    seal: async pass => await tokens.seal(pass, now() + hour),
    async unseal (token) {
      const pass = await tokens.open(token).catch(cause => { throw new PageSessionError({ cause }) })
      if (!await isInstalled(pass.memberId, pass.installedAt)) throw new NotInstalledError()
      return pass
    }
  })
}

export default fp(documents, { fastify: '5.x', name: 'b24-documents' })
