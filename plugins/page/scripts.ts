import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** A script that is not a file of an assets folder. */
export interface Script {
  name: string
  /** Absolute paths of what it is made from */
  files: string[]
  read: () => string
}

const sdk = fileURLToPath(new URL('dist/umd/index.min.js', import.meta.resolve('@bitrix24/b24jssdk/package.json')))

// Source where this file is source, compiled where it is compiled.
const client = (name: string) => join(import.meta.dirname, '../../client', name + extname(import.meta.filename))
const modules = [
  'frame-errors', 'frame-messages', 'portal-rest', 'frame', 'session', 'service-url', 'request-body', 'own-fetch',
  'page'
].map(client)

export const scripts: readonly Script[] = [
  { name: 'page.js', files: modules, read: () => joinModules(modules) },
  { name: 'b24jssdk.js', files: [sdk], read: () => readFileSync(sdk, 'utf8') }
]

/** One module, without comments, of several that import only each other: a request less, and no bundler. */
export function joinModules (files: readonly string[]): string {
  const sources = files.map(file => {
    const source = readFileSync(file, 'utf8')
    return extname(file) === '.ts' ? stripTypeScriptTypes(source) : source
  })
  return sources.join('\n').replace(/^(?:import .*|export .* from .*| *\/\/.*| *\/\*\*[^]*?\*\/)$/gm, '')
}

// Quick enough for a first call, which waits for it.
const params = { [constants.BROTLI_PARAM_QUALITY]: 6 }
const encodings = [
  { name: 'br', encode: (source: Buffer) => brotliCompressSync(source, { params }) },
  { name: 'gzip', encode: (source: Buffer) => gzipSync(source) }
]

/** Serves a script at an address, made and compressed when it is first asked for. */
export function serveScript (
  fastify: FastifyInstance, url: string, cacheControl: (request: FastifyRequest) => string, { read }: Script
): void {
  let source: Buffer | undefined
  const encoded = new Map<string, Buffer>()
  fastify.get(url, { logLevel: 'warn' }, (request, reply) => {
    source ??= Buffer.from(read())
    reply.headers({ 'cache-control': cacheControl(request), vary: 'accept-encoding' })
    reply.type('text/javascript; charset=utf-8')
    const accepted = String(request.headers['accept-encoding']).split(/[\s,;]+/)
    const encoding = encodings.find(({ name }) => accepted.includes(name))
    if (encoding === undefined) return reply.send(source)
    const { name, encode } = encoding
    const content = encoded.get(name) ?? encode(source)
    encoded.set(name, content)
    return reply.header('content-encoding', name).send(content)
  })
}
