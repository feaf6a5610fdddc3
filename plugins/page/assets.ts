import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AssetNameError } from '../../src/errors.ts'
import { scripts, serveScript } from './scripts.ts'

const assets = join(import.meta.dirname, 'assets')
const assetsUrl = '/assets/'
const publicUrl = '/public/'

/**
 * What is asked for by its version is kept for ever. Another version is that of an instance which is being replaced,
 * or replaces this one: kept under its address, ours would stay there. And without one the content may change.
 */
const cacheControl = ({ query }: FastifyRequest, version: string): string =>
  (query as { v?: unknown }).v === version ? 'public, max-age=31536000, immutable' : 'no-cache'

/**
 * The files of browsers, each at an address that changes with its content, so that a browser may keep it for ever.
 *
 * @param base what stands before the path of each address
 * @param publicFolders whose files win over ours, at addresses of their own: absolute paths
 * @param hasDark whether pages load the dark colours, too
 */
export function createAssets (base: string, publicFolders: readonly string[], hasDark: boolean) {
  const folders = [
    ...publicFolders.map(folder => ({ folder, prefix: publicUrl })), { folder: assets, prefix: assetsUrl }
  ]
  const versionOf = remembered(path => hash([path]))
  const scriptVersion = remembered(name => hash(filesOf(name)))
  const asset = remembered((name: string) => {
    const place = folders.find(({ folder }) => existsSync(join(folder, name)))
    const version = place === undefined ? scriptVersion(name) : versionOf(join(place.folder, name))
    return `${base}${place?.prefix ?? assetsUrl}${name}?v=${version}`
  })

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
      cacheControl: false,
      index: false,
      preCompressed: true,
      logLevel: 'warn',
      setHeaders (reply) {
        const { request } = reply
        // Not the path that is given here, which may be that of a compressed copy.
        const { file } = request.routeOptions.config as { file?: string }
        reply.header('cache-control', cacheControl(request, versionOf(join(root, String(file)))))
      }
    })
  }

  return {
    /** The address of a file, for views: `it.asset('composer.js')`. */
    asset,
    /** The addresses of the files that every page loads */
    ofEveryPage: {
      tokens: asset('b24-tokens.css'),
      ...(hasDark && { dark: asset('b24-tokens-dark.css') }),
      css: asset('page.css'),
      script: asset('page.js'),
      sdk: asset('b24jssdk.js')
    },
    /** Serves our own files, and the public ones. */
    async serve (scope: FastifyInstance): Promise<void> {
      await scope.register(staticFiles(assets))
      for (const folder of publicFolders) await scope.register(staticFiles(folder, publicUrl))
      for (const script of scripts) {
        const { name } = script
        serveScript(scope, assetsUrl + name, request => cacheControl(request, scriptVersion(name)), script)
      }
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

/** Of a script, or of a file that is nowhere: reading it then names the place where it is missed. */
function filesOf (name: string): readonly string[] {
  return scripts.find(script => script.name === name)?.files ?? [join(assets, name)]
}

function hash (files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('base64url').slice(0, 12)
}
