// Pages that the application asks the portal to open in a slider over the current one.

/** Paths that openPath opens on an older portal. Tested before `..` is resolved, as there. */
const OPEN_PATHS =
  /^\/(?:crm\/(?:deal|lead|contact|company|type)|marketplace|company\/personal\/user\/\d+|workgroups\/group\/\d+)\//

/** Pages with a slider of a width of their own, in pixels. */
const PATH_WIDTHS = [
  [/^\/crm\/type\/\d+\/details\/\d+\//, 1640],
  [/^\/company\/personal\/user\/\d+\/groups\/create\//, 1200],
  [/^\/crm\/company\/requisite\/\d+\//, 950],
  [/^\/workgroups\/group\/\d+\/card\//, 900]
]

const isContainer = value => typeof value === 'object' && value !== null

/** Fields as the portal's own requests carry them: everything is text, and what is null or empty is not sent at all. */
function appendFields (fields, name, value) {
  if (isContainer(value)) {
    for (const [key, item] of Object.entries(value)) appendFields(fields, `${name}[${key}]`, item)
  } else if (value !== null && value !== undefined) {
    fields.append(name, String(value))
  }
}

/** The width of a slider: `width`, or what `leftBoundary` leaves. Anything but numbers is ignored. */
function settingsOf ({ bx24_width: width, bx24_leftBoundary: leftBoundary, bx24_title: title, bx24_label: label }) {
  return {
    ...(Number.isFinite(width) ? { width } : Number.isFinite(leftBoundary) && { leftBoundary }),
    ...(typeof title === 'string' && { title }),
    ...(isContainer(label) && { label })
  }
}

/** Opens the application's own page with `params`; keys that begin with `bx24_` say how the slider looks. */
export function openApplication (appPath, params, onClose) {
  const settings = settingsOf(params)
  const rest = Object.fromEntries(Object.entries(params).filter(([key]) => !key.startsWith('bx24_')))
  // A quirk of the portal: with both keys, it takes the object for a request that somebody has prepared.
  const sent = 'options' in rest && 'params' in rest ? rest.params : rest
  const fields = new URLSearchParams({ 'PARAMS[params][POPUP]': '1' })
  appendFields(fields, 'PARAMS[params][PLACEMENT_OPTIONS]', sent)
  window.top.portalSliders.open(`${appPath}?_r=${String(Math.random()).slice(2)}`, { ...settings, fields, onClose })
}

/** How a portal recognises a mobile device. */
const isMobile = () => /ipad|iphone|android|mobile|touch/i.test(navigator.userAgent)

/**
 * The path that openPath opens; undefined for another one. A new portal takes every page of its own, but decodes the
 * path first: `%26` in it becomes a `&` that begins another parameter.
 */
function pathToOpen (path, opensAnyPath) {
  if (typeof path !== 'string') return undefined
  if (!opensAnyPath) return OPEN_PATHS.test(path) ? path : undefined
  try {
    const decoded = decodeURIComponent(path)
    const isOurs = decoded.startsWith('/') && new URL(decoded, window.location.origin).origin === window.location.origin
    return isOurs ? decoded : undefined
  } catch {
    return undefined
  }
}

/** Opens a page of the portal. Gives the code of the error when it does not. */
export function openPath (wanted, { clientId, opensAnyPath }, onClose) {
  if (isMobile()) return 'METHOD_NOT_SUPPORTED_ON_DEVICE'
  const path = pathToOpen(wanted, opensAnyPath)
  if (path === undefined) return 'PATH_NOT_AVAILABLE'
  const width = PATH_WIDTHS.find(([pattern]) => pattern.test(path))?.[1]
  const [address] = path.split('#')
  const from = `from=rest_placement&from_app=${encodeURIComponent(clientId)}`
  window.top.portalSliders.open(`${address}${address.includes('?') ? '&' : '?'}${from}`,
    { onClose, ...(width && { width }) })
  return undefined
}
