import { catalogue } from '../../placement-catalogue.ts'
import type { CatalogueEntry } from '../../placement-catalogue.ts'
import type { PlacementRow, Portal } from '../../portal.ts'
import { argumentError, RestError } from '../rest-error.ts'
import { checkHandler, isTrue, map, requireAdmin, text } from '../rest-method.ts'
import type { RestCall, RestMethods } from '../rest-method.ts'

const scopes = ['placement']

/** The language under which texts without LANG_ALL are stored. */
const PORTAL_LANGUAGE = 'en'

const isGranted = (entry: CatalogueEntry, portal: Portal): boolean =>
  entry.scopes.every(scope => portal.scope.includes(scope))

function placementName ({ params }: RestCall): string {
  const placement = typeof params.PLACEMENT === 'string' ? params.PLACEMENT.toUpperCase() : ''
  if (!placement) throw argumentError('PLACEMENT')
  return placement
}

/** Only the options that the placement declares survive. */
function optionsOf (entry: CatalogueEntry, params: RestCall['params']): Record<string, unknown> {
  const given = map(params.OPTIONS)
  const options: Record<string, unknown> = {}
  for (const [name, { type, required, pattern, error }] of Object.entries(entry.options ?? {})) {
    if (!(name in given)) {
      if (required) throw argumentError(name)
      continue
    }
    const value = typeof given[name] === 'object' ? '' : String(given[name])
    if (pattern?.test(value) === false) {
      throw error ? new RestError(error, `Invalid value of option ${name}`) : argumentError(name, 'Wrong value')
    }
    options[name] = type === 'integer' ? Math.trunc(Number(value)) : value
  }
  return options
}

function textsOf ({ params, token }: RestCall): Pick<PlacementRow, 'title' | 'description' | 'langAll'> {
  const given = Object.entries(map(params.LANG_ALL))
  const all = given.length > 0
    ? given
    : [[PORTAL_LANGUAGE, { ...params, TITLE: text(params.TITLE) || token.portal.state.application.name }] as const]
  const langAll = Object.fromEntries(all.map(([lang, texts]) => {
    const { TITLE, DESCRIPTION, GROUP_NAME } = map(texts)
    return [lang, { TITLE: text(TITLE), DESCRIPTION: text(DESCRIPTION), GROUP_NAME: text(GROUP_NAME) }]
  }))
  const { TITLE: title = '', DESCRIPTION: description = '' } =
    { ...Object.values(langAll)[0], ...langAll[PORTAL_LANGUAGE] }
  return { title, description, langAll }
}

/** Refuses what the limits of the placement do not allow. */
function checkLimits (entry: CatalogueEntry, portal: Portal, userId: number): void {
  if (userId > 0 && !entry.userMode) {
    throw new RestError('ERROR_PLACEMENT_USER_MODE', 'User mode is not available.')
  }
  // The general registration and those of each user are counted on their own.
  const bound = portal.placements.filter(row =>
    row.placement === entry.code && (!entry.userMode || row.userId === userId))
  if (entry.maxCount !== undefined && bound.length >= entry.maxCount) {
    throw new RestError('ERROR_PLACEMENT_MAX_COUNT', 'Placement max count was exceeded')
  }
}

function bind (call: RestCall): boolean {
  requireAdmin(call)
  const { params, token: { portal } } = call
  const placement = placementName(call)
  if (placement === 'DEFAULT') throw argumentError('PLACEMENT', 'Wrong value')
  const handler = text(params.HANDLER)
  if (!handler) throw argumentError('HANDLER')
  checkHandler(handler)
  if (params.TITLE !== undefined && typeof params.TITLE !== 'string') throw argumentError('TITLE', 'Wrong type')
  // The settings page of a connector opens what imconnector.register has named.
  if (placement === 'SETTING_CONNECTOR') return true
  const entry = catalogue.get(placement)
  if (!entry || !isGranted(entry, portal)) throw new RestError('ERROR_PLACEMENT_NOT_FOUND', 'Placement not found')
  const options = optionsOf(entry, params)
  const userId = Number(text(params.USER_ID))
  checkLimits(entry, portal, userId)
  if (placement === 'PAGE_BACKGROUND_WORKER' && !options.errorHandlerUrl) {
    throw new RestError('EMPTY_ERROR_HANDLER_URL', 'Error handler URL is empty', 200)
  }
  if (portal.placements.some(row => row.placement === placement && row.handler === handler)) {
    throw new RestError('ERROR_CORE', 'Unable to set placement handler: Handler already binded')
  }
  const id = Math.max(0, ...portal.placements.map(row => row.id)) + 1
  portal.placements.push({ id, placement, userId, handler, options, ...textsOf(call) })
  return true
}

function unbind (call: RestCall): { count: number } {
  requireAdmin(call)
  const { params, token: { portal } } = call
  const placement = placementName(call)
  const handler = text(params.HANDLER)
  const userId = text(params.USER_ID)
  const kept = portal.placements.filter(row => row.placement !== placement || row.userTypeId !== undefined ||
    (handler !== '' && row.handler !== handler) || (userId !== '' && row.userId !== Number(userId)))
  const removed = portal.placements.length - kept.length
  portal.placements = kept
  // The portal counts a row when it finds it and again when it deletes it.
  return { count: removed * 2 }
}

function list ({ params, token: { portal } }: RestCall): string[] {
  const { SCOPE } = params
  const isListed = (entry: CatalogueEntry): boolean => {
    const own = entry.listedUnder ?? entry.scopes.find(scope => scope !== 'placement') ?? ''
    if (typeof SCOPE === 'string') return own === SCOPE
    return isTrue(params.FULL) || isGranted(entry, portal)
  }
  return [...catalogue.values()].filter(isListed).map(entry => entry.code)
}

/** placement.bind, placement.get, placement.list, placement.unbind. */
export const placementMethods: RestMethods = {
  'placement.bind': { scopes, run: bind },
  'placement.get': {
    scopes,
    run (call) {
      requireAdmin(call)
      return call.token.portal.placements.filter(({ userTypeId }) => userTypeId === undefined)
    }
  },
  'placement.list': { scopes, run: list },
  'placement.unbind': { scopes, run: unbind }
}
