import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { FastifyReply } from 'fastify'
import type { Portal } from '../portal.ts'
import type { SandboxState } from '../state.ts'
import { languages } from './languages.ts'
import { richText } from './rich-text.ts'
import type { Viewer } from './viewer.ts'

const eta = new Eta({ views: fileURLToPath(new URL('../views', import.meta.url)), cache: true })

/** The portals of each sandbox, for the switch between them. */
const portalsOf = new WeakMap<SandboxState, Portal[]>()

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
  const { application } = portal.state
  const portals = [...portalsOf.get(portal.state) ?? [], portal]
  portalsOf.set(portal.state, portals)

  const person = (id: number) => Object.values(portal.users).find(user => user.id === id) ?? portal.users.admin
  const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  const rich = (text: string, linkId?: unknown) => richText(portal, text, linkId)

  const show: Screen['show'] = (reply, viewer, view, data) => reply
    .type('text/html; charset=utf-8')
    .send(eta.render(view, {
      portal,
      portals: portalsOf.get(portal.state),
      application,
      appPath: `/marketplace/app/${application.id}/`,
      languages,
      person,
      time,
      rich,
      viewer,
      inSlider: isInSlider(viewer),
      active: '',
      ...data
    }))

  return {
    portal,
    show,
    say: (reply, viewer, status, title, message) => show(reply.code(status), viewer, 'message', { title, message })
  }
}
