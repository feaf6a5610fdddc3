import { deliverEvent, deliverTo } from './event-delivery.ts'
import type { Portal } from './portal.ts'

const answerOf = (portal: Portal, status: number | undefined): string => status === undefined
  ? `Nothing answers at ${portal.state.application.installUrl}; start it with npm run demo.`
  : `The application answered ${status}.`

/** Installs an application without interface: it counts as installed at once and is told so at its installation address. Returns what came of it. */
export async function installApiOnly (portal: Portal): Promise<string> {
  portal.installed = true
  return answerOf(portal, await deliverTo(portal, 'ONAPPINSTALL', portal.state.application.installUrl))
}

/** Goes on to the next version: its handlers of events are dropped after they were told, its installer runs again. Returns what came of it. */
export async function update (portal: Portal, withInterface: boolean): Promise<string> {
  const handlers = portal.events.filter(({ event }) => event === 'ONAPPUPDATE').map(({ handler }) => handler)
  const { body } = portal.event('ONAPPUPDATE', { 'data[VERSION]': String(portal.version + 1), 'data[PREVIOUS_VERSION]': String(portal.version) })
  portal.version++
  portal.events = []
  if (!withInterface) return answerOf(portal, await deliverTo(portal, 'ONAPPUPDATE', portal.state.application.installUrl, body))
  portal.installed = false
  await Promise.all(handlers.map(handler => deliverTo(portal, 'ONAPPUPDATE', handler, body)))
  return `Version ${portal.version} is here. Its installation comes next.`
}

/** Removes the application; `clean` says whether its settings go, too. Handlers of the event learn of it, though they are dropped. */
export async function remove (portal: Portal, clean: boolean): Promise<string> {
  const { appOptions, userOptions } = portal
  const told = deliverEvent(portal, 'ONAPPUNINSTALL', { 'data[CLEAN]': clean ? '1' : '0' })
  portal.uninstall()
  if (!clean) Object.assign(portal, { appOptions, userOptions })
  await told
  return 'The application is removed. Its tokens have stopped working.'
}
