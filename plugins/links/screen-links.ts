import { LinkError, LinkExpiredError, LinkSignatureError } from '../../src/errors.ts'
import { sliderLink, type LinkParams } from '../../src/http/slider-link.ts'
import { mismatchError, type Mismatch } from '../../src/schemas/mismatch.ts'
import { canonicalParams, lengthInLink, type LinkSigner } from './link-signature.ts'
import { carriedParams, type CarriedParams, type Screen } from './screen.ts'

/** The portal that a link is for: as in `request.placement.portal`. */
export interface LinkPortal {
  memberId: string
  /** Address of its REST interface */
  endpoint: string
}

/** For whom a link is written, and by whom. */
export interface LinkOptions {
  portal: LinkPortal
  /** Verified user who writes it. Goes into signed links. Default: a back-end or the service itself */
  by?: number
}

/** A link that opens a screen. */
export interface ScreenLink {
  /** The same for the same screen and parameters, whoever writes the link. Cannot be computed by others */
  id: string
  /** Address relative to the portal: what to write into a message, so that it opens in a slider */
  path: string
  url: string
  /** Unix seconds; only of links that expire */
  expiresAt?: number
}

/** Chat programs cut longer ones, and so do proxies. */
const maxLength = 2000
const tooLong: Mismatch = {
  parameter: '', expected: `Expected what fits into a link of ${maxLength} characters`, reason: 'length'
}
/** Seconds that the clocks of two machines may differ. */
const clockSkew = 60

type Options = Readonly<Record<string, unknown>>

/** A link carries text; anything else there was made up. */
function textOf (value: unknown): string | undefined {
  if (value !== undefined && typeof value !== 'string') throw new LinkSignatureError()
  return value
}

/** Both ways between a screen with its parameters and a link. */
export function createScreenLinks (options: { appCode: string, signer: LinkSigner, now: () => number }) {
  const { appCode, signer, now } = options
  const seconds = () => Math.floor(now() / 1000)
  const idOf = (memberId: string, { name }: Screen, params: Record<string, unknown>) =>
    signer.identify({ memberId, screen: name, params: canonicalParams(params) })

  /** Returns the user who wrote a signed link. */
  function checkSignature ({ name, signed }: Screen, options: Options, params: CarriedParams, memberId: string) {
    if (signed === undefined) return undefined
    const [sig, exp, by] = ['sig', 'exp', 'by'].map(name => textOf(options[name]))
    if (sig === undefined || !signer.verify({ appCode, memberId, screen: name, params, exp, by }, sig)) {
      throw new LinkSignatureError()
    }
    // An end counts even if the screen needs none any more. A link that lives longer than the screen allows now was
    // written when it allowed more, or no end at all.
    const life = Number(exp ?? Infinity) - seconds()
    if (life <= 0 || (signed !== true && life > signed.expiresIn + clockSkew)) throw new LinkExpiredError()
    return by === undefined ? undefined : Number(by)
  }

  return {
    /** @throws {OptionsMismatchError}, and {LinkError} for what a link cannot carry and for a link that is too long */
    write (screen: Screen, params: Options, { portal: { memberId, endpoint }, by }: LinkOptions): ScreenLink {
      const { name, signed } = screen
      const carried = screen.write(params)
      const marks = {
        exp: typeof signed === 'object' ? String(seconds() + signed.expiresIn) : undefined,
        by: signed === undefined || by === undefined ? undefined : String(by)
      }
      const link = { appCode, memberId, screen: name, params: canonicalParams(carried), ...marks }
      const path = sliderLink(appCode, {
        screen: name,
        // What the screen wrote was read from a link.
        ...carried as LinkParams,
        ...(marks.exp !== undefined && { exp: marks.exp }),
        ...(marks.by !== undefined && { by: marks.by }),
        ...(signed !== undefined && { sig: signer.sign(link) })
      })
      const url = new URL(path, endpoint).href
      if (url.length > maxLength) {
        throw new LinkError('the link', `is ${url.length - maxLength} characters longer than ${maxLength}`)
      }
      const expiresAt = marks.exp === undefined ? {} : { expiresAt: Number(marks.exp) }
      return { id: idOf(memberId, screen, screen.read(carried)), path, url, ...expiresAt }
    },

    /**
     * Reads the options of a call that opens the screen.
     *
     * @returns as `writtenBy` the user who wrote the link; only of signed links that a user wrote
     * @throws {LinkSignatureError}, {LinkExpiredError}, {OptionsMismatchError}
     */
    read (screen: Screen, options: Options, memberId: string) {
      const raw = carriedParams(options)
      const carried = canonicalParams(raw)
      if (sliderLink(appCode).length + lengthInLink(carried) > maxLength) throw mismatchError([tooLong])
      const writtenBy = checkSignature(screen, options, carried, memberId)
      // The handler gets what was signed. Where nothing is signed, openApplication may bring other types than text.
      const params = screen.read(screen.signed === undefined ? raw : carried)
      return { params, linkId: idOf(memberId, screen, params), writtenBy }
    }
  }
}
