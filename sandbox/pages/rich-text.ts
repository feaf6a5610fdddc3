import type { Portal } from '../portal.ts'

/** A link with markup: its address and its text; a bold text; an address without markup. */
const MARKUP = new RegExp([
  /\[url=((?:[^[\]\s]|\[[^[\]]*\])+)\](.*?)\[\/url\]/,
  /\[b\](.*?)\[\/b\]/,
  /(?:https?:\/|\/market(?:place)?\/view)\/[^\s<>"']*[^\s<>"'.,;:!?)]/
].map(({ source }) => source).join('|'), 'gis')

const escapeText = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)

/** An address, whose lines end behind its separators where it is too long for one. */
const breakable = (address: string): string =>
  address.split(/(?<=[^/:][/.?&=])(?=[^/])/).map(escapeText).join('<wbr>')

/** Pages of applications, which open in a slider. */
const OF_APPLICATIONS = /^\/market(?:place)?\/view\//i

function link (
  portal: Portal, address: string, label: string | undefined, attributes: string, inOpenChannel: boolean
): string {
  const url = URL.parse(address, portal.url)
  const text = label?.trim() ? escapeText(label) : breakable(address)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return text
  // Customers have no portal to open it in.
  if (inOpenChannel && OF_APPLICATIONS.test(url.pathname)) return `<span>${text}</span>`
  // Without the host, a path that begins with two slashes would lead to the host after them.
  const isOurs = [portal.domain, portal.cloudDomain].includes(url.host) && !url.pathname.startsWith('//')
  // Relative, so that the link stays at the address by which the reader knows the portal.
  const href = isOurs ? url.pathname + url.search + url.hash : url.href
  const target = isOurs ? '' : ' target="_blank" rel="noopener noreferrer"'
  return `<a${attributes} href="${escapeText(href)}"${target}>${text}</a>`
}

/**
 * HTML of a text in BB code: bold words, links with and without markup; everything else is escaped. `linkId` is the id
 * of the first link. In an open channel, links to pages of applications are text.
 */
export function richText (portal: Portal, text: string, linkId?: unknown, inOpenChannel = false): string {
  let html = ''
  let end = 0
  let attributes = typeof linkId === 'string' ? ` id="${escapeText(linkId)}"` : ''
  for (const match of text.matchAll(MARKUP)) {
    const [whole, address, label, bold] = match
    html += escapeText(text.slice(end, match.index))
    end = match.index + whole.length
    if (bold !== undefined) {
      html += `<b>${richText(portal, bold, undefined, inOpenChannel)}</b>`
    } else {
      html += link(portal, address ?? whole, label, attributes, inOpenChannel)
      attributes = ''
    }
  }
  return (html + escapeText(text.slice(end))).replaceAll('\n', '<br>')
}
