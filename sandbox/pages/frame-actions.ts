import type { FastifyInstance } from 'fastify'
import { BackgroundWorkers } from '../background-worker.ts'
import { queueEvent } from '../event-delivery.ts'
import { finishInstallation } from '../lifecycle.ts'
import type { Portal, SandboxUser } from '../portal.ts'
import { explainSilence } from '../reach.ts'
import { requestParams, text } from '../request-params.ts'
import { accessGroups, calendarEvents, crmEntities, employees } from './frame-choices.ts'

type Action = (portal: Portal, user: SandboxUser, params: Record<string, unknown>, lang: string) => unknown

const actions: Record<string, Action> = {
  employees: (portal, user) => employees(portal, user),
  accessGroups: portal => accessGroups(portal),
  crmEntities: (portal, _user, { types }) => crmEntities(portal, types),
  calendarEvents: (portal, _user, params) => calendarEvents(portal, params),
  deleteCalendarEvent (portal, user, { id }) {
    const entry = portal.content.find('event', Number(id))
    if (entry) {
      portal.content.remove(entry)
      queueEvent(portal, 'ONCALENDARENTRYDELETE', entry.id, user)
    }
    return {}
  },
  refreshAuth (portal, user, _params, lang) {
    const { accessToken, refreshToken } = portal.grant(user, { lang })
    return { AUTH_ID: accessToken, AUTH_EXPIRES: '3600', REFRESH_ID: refreshToken }
  },
  setInstall (portal, user) {
    portal.firstRuns.add(user.id)
    return {}
  },
  async setInstallFinish (portal, user, { value }) {
    // A text, as on a portal: its page takes the refusal for a success, too.
    if (!user.admin) return { result: 'false' }
    if (value === false) portal.installed = false
    else await finishInstallation(portal)
    return { result: 'true' }
  },
  setUserOption (portal, user, { name, value }) {
    portal.userOptions[user.id] = { ...portal.userOptions[user.id], [text(name)]: value }
    return {}
  },
  setAppOption (portal, user, { name, value }) {
    if (!user.admin) return { error: 'access_denied' }
    portal.appOptions = { ...portal.appOptions, [text(name)]: value }
    return portal.appOptions
  }
}

/** How long the page in a frame took to load is told by the browser only. */
function loadedAction (): Action {
  const workers = new BackgroundWorkers()
  return async (portal, _user, { entry, ms }) => {
    const { wire } = portal.state
    const call = wire.entries.find(({ id, from, memberId }) =>
      id === entry && from === 'portal' && memberId === portal.memberId)
    const sent = call && wire.sent(call.id)
    if (!sent || typeof ms !== 'number') return {}
    wire.complete(call, { ms })
    await workers.loaded(portal, sent.url, ms)
    return { problem: await explainSilence(wire, call, sent.url) }
  }
}

/**
 * Requests that the parent's side of a frame sends to its portal, on behalf of the user for whom the frame was opened.
 */
export function frameActions (app: FastifyInstance, portal: Portal): void {
  for (const [name, action] of Object.entries({ ...actions, loaded: loadedAction() })) {
    app.post<{ Params: { sid: string } }>(`/sandbox/frame/:sid/${name}`, async (request, reply) => {
      const viewer = portal.frameViewers.get(request.params.sid)
      if (!viewer) {
        return reply.code(404).send({
          error: 'unknown_frame',
          error_description:
            'The portal does not know this frame, or the application was removed since. Reload the page.'
        })
      }
      return action(portal, viewer.user, requestParams(request), viewer.lang)
    })
  }
}
