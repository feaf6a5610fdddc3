import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const assets = join(import.meta.dirname, 'assets')
const assetsUrl = '/assets/'
// The build puts a copy of the SDK, with compressed ones, beside our own assets.
const sdk = [join(assets, 'b24jssdk.js'), sdkInPackage()].find(existsSync) as string // the package is a dependency

/** The files of browsers, each at an address that changes with its content, so that a browser may keep it for ever. */
export function createAssets () {
  const folders = [assets]
  const addressOf = (name: string, file: string) => `${assetsUrl}${name}?v=${hash(file)}`
  const fileOf = (name: string) => folders.map(folder => join(folder, name)).find(existsSync) ?? join(assets, name)
  const asset = remembered((name: string) => addressOf(name, fileOf(name)))
  return {
    /** The address of a file, for views: `it.asset('composer.js')`. */
    asset,
    /** The addresses of the files that every page loads */
    ofEveryPage: {
      tokens: asset('b24-tokens.css'),
      css: asset('page.css'),
      script: asset('page.js'),
      sdk: addressOf('b24jssdk.js', sdk)
    },
    /** Serves our own files. */
    async serve (scope: FastifyInstance): Promise<void> {
      await scope.register(fastifyStatic, staticFiles(assets))
      if (dirname(sdk) === assets) return
      scope.get(`${assetsUrl}b24jssdk.js`, { logLevel: 'warn' }, (_request, reply) =>
        reply.sendFile(basename(sdk), dirname(sdk)))
    },
    /** Serves the files of another folder, too. */
    add (fastify: FastifyInstance, folder: string): void {
      folders.push(folder)
      fastify.register(fastifyStatic, { ...staticFiles(folder), decorateReply: false })
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

/** A route for each file, so that several folders share one address. */
const staticFiles = (root: string) => ({
  root,
  prefix: assetsUrl,
  wildcard: false,
  immutable: true,
  maxAge: '1y',
  index: false,
  preCompressed: true,
  logLevel: 'warn'
} as const)

function sdkInPackage (): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@bitrix24/b24jssdk/package.json'))), 'dist/umd/index.min.js')
}

function hash (file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, 12)
}
