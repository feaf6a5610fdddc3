import { Eta } from 'eta'
import type { FastifyReply } from 'fastify'
import type { Entry } from '../content.ts'
import { folder } from '../folders.ts'
import type { Portal } from '../portal.ts'
import { dealText } from './deal-text.ts'
import { languages } from './languages.ts'
import { titleOf } from './placement-links.ts'
import { richText } from './rich-text.ts'
import type { Viewer } from './viewer.ts'

const eta = new Eta({ views: folder('views'), cache: true })

/** The minutes of a time; the hour of REST's times has an offset behind it, a year may have more than four digits. */
const minutesOf = (time: unknown): string =>
  typeof time === 'string' ? time.replace(/^(\S+)T(\d\d:\d\d).*/, '$1 $2') : ''

const named = (title: unknown): string => String(title).trim() || 'No title'

/** When an event is, as far as it is known. What ends on its first day has one date. */
function span ({ fields: { DATE_FROM, DATE_TO } }: Entry): string {
  const [from, to] = [minutesOf(DATE_FROM), minutesOf(DATE_TO)]
  const [day, hour = ''] = to.split(' ')
  return [from, from.split(' ')[0] === day ? hour : to].filter(Boolean).join(' to ') || 'no time given'
}

/** Shows pages of one portal. */
export interface Screen {
  portal: Portal
  show (reply: FastifyReply, viewer: Viewer, view: string, data: Record<string, unknown>): FastifyReply
  /** A page with nothing but a sentence, and the status of the answer. */
  say (reply: FastifyReply, viewer: Viewer, status: number, title: string, message: string): FastifyReply
}

/** Whether the page stands in a slider. */
export const isInSlider = ({ query }: Viewer): boolean => query.IFRAME === 'Y'

/** Prepares the pages of a portal. */
export function screenOf (portal: Portal): Screen {
  const { application, liveReload, portals } = portal.state
  const person = (id: number) => {
    const user = [...portal.people, portal.systemUser].find(person => person.id === id) ?? portal.users.admin
    return (user.name + user.lastName).trim() ? user : { ...user, name: `ID ${user.id}` }
  }
  const time = (at: number) => minutesOf(new Date(at).toISOString())
  const rich = (...args: [text: string, linkId?: unknown, inOpenChannel?: boolean]) => richText(portal, ...args)

  const show: Screen['show'] = (reply, viewer, view, data) => reply
    .type('text/html; charset=utf-8')
    // Sliders are frames of the portal itself; nobody else may lay it under a page of his own.
    .header('content-security-policy', "frame-ancestors 'self'")
    .send(eta.render(view, {
      portal,
      portals,
      application,
      appPath: portal.appPath,
      languages,
      person,
      time,
      span,
      rich,
      deal: (entry: Entry) => dealText(portal, entry, viewer.lang),
      viewer,
      inSlider: isInSlider(viewer),
      bound: () => portal.placements.map(row => ({ id: row.id, code: row.placement, name: titleOf(row, viewer) })),
      start: undefined,
      liveReload: liveReload !== undefined,
      active: '',
      named,
      ...data,
      title: named(data.title)
    }))

  return {
    portal,
    show,
    say: (reply, viewer, status, title, message) => show(reply.code(status), viewer, 'message', { title, message })
  }
}
