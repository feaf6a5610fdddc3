import { deliverEvent, deliverTo } from './event-delivery.ts'
import type { Portal } from './portal.ts'
import { nothingAnswersAt } from './send-message.ts'

/**
 * Tells the application of its system user, if the portal has made it just now: at its installation address, which the
 * portal has bound for that by itself.
 */
async function tellSystemUser (portal: Portal): Promise<void> {
  if (portal.hasSystemUser) return
  portal.hasSystemUser = true
  await deliverTo(portal, 'ONAPPUSERREADY', portal.state.application.installUrl)
}

/** Takes the installation for finished, and tells the application so. */
export async function finishInstallation (portal: Portal): Promise<void> {
  portal.installed = true
  await deliverEvent(portal, 'ONAPPINSTALL')
  await tellSystemUser(portal)
}

const answerOf = (portal: Portal, status: number | undefined): string => status === undefined
  ? nothingAnswersAt(portal.state.application.installUrl)
  : `The application answered ${status}.`

/**
 * Installs an application without interface: it counts as installed at once and is told so at its installation address.
 * Returns what came of it.
 */
export async function installApiOnly (portal: Portal): Promise<string> {
  Object.assign(portal, { installed: true, removed: false })
  const answered = await deliverTo(portal, 'ONAPPINSTALL', portal.state.application.installUrl)
  await tellSystemUser(portal)
  return answerOf(portal, answered)
}

/** The version goes up. The handlers of events are kept, or dropped: pages of Bitrix24's docs differ. */
function goOn (portal: Portal): void {
  portal.version++
  if (portal.state.trouble.events === 'dropped') portal.events = []
}

/** Goes on to the next version: its handlers of events are told, its installer runs again. Returns what came of it. */
export async function update (portal: Portal, withInterface: boolean): Promise<string> {
  // The forms are made at once, before the update.
  if (!withInterface) {
    const answered = deliverTo(portal, 'ONAPPUPDATE', portal.state.application.installUrl)
    goOn(portal)
    return answerOf(portal, await answered)
  }
  const told = deliverEvent(portal, 'ONAPPUPDATE')
  goOn(portal)
  portal.installed = false
  await told
  return `Version ${portal.version} is here. Its installation comes next.`
}

/**
 * Removes the application; `clean` says whether its settings go, too. Handlers of the event learn of it, though they
 * are dropped.
 */
export async function remove (portal: Portal, clean: boolean): Promise<string> {
  const { appOptions, userOptions } = portal
  const told = deliverEvent(portal, 'ONAPPUNINSTALL', { 'data[CLEAN]': clean ? '1' : '0' })
  portal.uninstall()
  if (!clean) Object.assign(portal, { appOptions, userOptions })
  await told
  return 'The application is removed. Its tokens have stopped working.'
}
