import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { AssetNameError } from '../../src/errors.ts'

const assets = join(import.meta.dirname, 'assets')
const assetsUrl = '/assets/'
const publicUrl = '/public/'
const immutable = 'public, max-age=31536000, immutable'
const sdk = fileURLToPath(new URL('dist/umd/index.min.js', import.meta.resolve('@bitrix24/b24jssdk/package.json')))

// Quick enough for a first call, which waits for it.
const params = { [constants.BROTLI_PARAM_QUALITY]: 6 }
const encodings = [
  { name: 'br', compress: (source: Buffer) => brotliCompressSync(source, { params }) },
  { name: 'gzip', compress: (source: Buffer) => gzipSync(source) }
]

/**
 * The files of browsers, each at an address that changes with its content, so that a browser may keep it for ever.
 *
 * @param base what stands before the path of each address
 * @param publicFolders whose files win over ours, at addresses of their own: absolute paths
 */
export function createAssets (base: string, publicFolders: readonly string[]) {
  const folders = [
    ...publicFolders.map(folder => ({ folder, prefix: publicUrl })), { folder: assets, prefix: assetsUrl }
  ]
  const addressOf = (path: string, file: string) => `${base}${path}?v=${hash(file)}`
  const asset = remembered((name: string) => {
    const { folder, prefix } = folders.find(({ folder }) => existsSync(join(folder, name))) ??
      { folder: assets, prefix: assetsUrl }
    return addressOf(prefix + name, join(folder, name))
  })
  return {
    /** The address of a file, for views: `it.asset('composer.js')`. */
    asset,
    /** The addresses of the files that every page loads */
    ofEveryPage: {
      tokens: asset('b24-tokens.css'),
      css: asset('page.css'),
      script: asset('page.js'),
      sdk: addressOf(`${assetsUrl}b24jssdk.js`, sdk)
    },
    /** Serves our own files, and the public ones. */
    async serve (scope: FastifyInstance): Promise<void> {
      await scope.register(staticFiles(assets))
      for (const folder of publicFolders) await scope.register(staticFiles(folder, publicUrl))
      const source = readFileSync(sdk)
      const compressed = new Map<string, Buffer>()
      scope.get(`${assetsUrl}b24jssdk.js`, { logLevel: 'warn' }, (request, reply) => {
        reply.headers({ 'cache-control': immutable, vary: 'accept-encoding' }).type('text/javascript; charset=utf-8')
        const accepted = String(request.headers['accept-encoding'])
        const encoding = encodings.find(({ name }) => accepted.split(/[\s,;]+/).includes(name))
        if (encoding === undefined) return reply.send(source)
        const { name, compress } = encoding
        const content = compressed.get(name) ?? compress(source)
        compressed.set(name, content)
        return reply.header('content-encoding', name).send(content)
      })
    },
    /** Serves the files of another folder, too. */
    add (fastify: FastifyInstance, folder: string): void {
      folders.push({ folder, prefix: assetsUrl })
      fastify.register(staticFiles(folder))
    }
  }
}

/** What is asked for by name again and again, and found once. */
function remembered (find: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return name => {
    const value = known.get(name) ?? find(name)
    known.set(name, value)
    return value
  }
}

// The router takes some of these for patterns, and a browser the others for the end of the path or for an escape.
const unservable = /[*:?#%\\]/

/** A route for each file, so that several folders share one address. Rejects with AssetNameError. */
const staticFiles = (root: string, prefix = assetsUrl) => async (scope: FastifyInstance): Promise<void> => {
  const wrong = readdirSync(root, { encoding: 'utf8', recursive: true }).find(name => unservable.test(name))
  if (wrong !== undefined) throw new AssetNameError(join(root, wrong))
  await scope.register(fastifyStatic, {
    root,
    prefix,
    // The application around us may have such decorators of its own.
    decorateReply: false,
    wildcard: false,
    immutable: true,
    maxAge: '1y',
    index: false,
    preCompressed: true,
    logLevel: 'warn'
  })
}

function hash (file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 12)
}
