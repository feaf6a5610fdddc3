import { PolicyError } from '../../src/errors.ts'

/** What an application may add to, each with what else than an origin it takes. */
const keywords = {
  'script-src': [],
  'style-src': [],
  'img-src': ['portal', 'data:', 'blob:'],
  'font-src': [],
  'media-src': ['portal'],
  'connect-src': [],
  'frame-src': []
} as const

export type Directive = keyof typeof keywords

/**
 * Sources by directive: origins such as `https://cdn.example` or `https://*.cdn.example`, in `connect-src` `wss:` too.
 * In `img-src` and `media-src` also `portal`, the portal of the call; in `img-src` `data:` and `blob:`.
 */
export type Sources = { readonly [Name in Directive]?: readonly string[] }

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
// A wildcard needs two labels behind it: not a whole top-level domain.
const origin = new RegExp(`^(?:https|wss)://(?:${label}|\\*\\.${label}\\.${label})(?:\\.${label})*(?::\\d+)?$`)

function isOrigin (source: string, directive: Directive): boolean {
  const isRead = origin.test(source) && URL.canParse(source.replace('*.', ''))
  return isRead && (directive === 'connect-src' || !source.startsWith('wss:'))
}

/**
 * Checks sources: plain JavaScript may pass anything, and what is wrong here opens a hole in every page.
 *
 * @throws PolicyError, which names the directive
 */
export function checkSources (given: Sources): void {
  for (const [name, sources] of Object.entries(given)) {
    if (!Object.hasOwn(keywords, name)) {
      throw new PolicyError(`${name} stays as it is. What can be widened: ${Object.keys(keywords).join(', ')}`)
    }
    const directive = name as Directive // it is one of the keys
    if (!Array.isArray(sources)) throw new PolicyError(`${name} must be a list of sources`)
    const own: readonly string[] = keywords[directive]
    // Of all places, also the empty ones: a variable of the environment may be missing.
    const isWrong = (source: unknown) =>
      typeof source !== 'string' || !(own.includes(source) || isOrigin(source, directive))
    const place = sources.findIndex(isWrong)
    if (place === -1) continue
    const origins = directive === 'connect-src' ? 'https:// or wss://' : 'https://'
    const others = own.length === 0 ? '' : `, or one of ${own.join(', ')}`
    throw new PolicyError(`${name} takes origins with ${origins} and no path${others}, not ${String(sources[place])}`)
  }
}
