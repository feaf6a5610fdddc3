import type { FastifyInstance, FastifyReply } from 'fastify'
import type { FeatureRequest } from '../../../plugins/placement-dispatch/features.ts'
import { reasonText } from '../../../plugins/installation/bind.ts'
import { isBindable } from '../../../plugins/installation/desired-state.ts'
import type { PlacementDeclaration } from '../../../plugins/placement-dispatch/declaration.ts'
import { accessTrouble } from '../../../plugins/tokens/refresh-state.ts'
import { handlerKey, matchesHandler } from '../../../src/schemas/placement-code.ts'
import { sliderLink } from '../../../src/http/slider-link.ts'
import { textIn, type PlacementBody } from '../../../src/schemas/placement.ts'
import type { BindingReport, Installation } from '../../../src/store/installation-store.ts'

/** Answers with the home: the sections of the features, and what the service knows of the portal. */
export async function answerHome (
  fastify: FastifyInstance, request: FeatureRequest, reply: FastifyReply
): Promise<FastifyReply> {
  const { t } = fastify.pages.i18n.resolve(request.placement.lang)
  const [home, sections] = await Promise.all([
    homePage(fastify, request), fastify.placements.features.homeSections(request)
  ])
  const hasJob = sections.some(({ isJob }) => isJob)
  const heading = t(hasJob ? 'home.title' : 'home.share')
  const title = home.trouble === undefined ? heading : t('home.trouble.title')
  return await reply.page('home', { ...home, sections, hasJob, heading }, { title })
}

/** What the home shows without any feature: the installation's state, a link to the application, its placements. */
async function homePage (fastify: FastifyInstance, request: FeatureRequest) {
  const { lang, portal } = request.placement
  const { tag } = fastify.pages.i18n.resolve(lang)
  const installation = await findInstallation(fastify, portal.memberId)
  const { REFRESH_ID = '' } = request.body as PlacementBody // checked by the route of all widget calls
  const viewer = { isAdmin: await fastify.portalRest.isAdmin(request), bringsToken: REFRESH_ID !== '' }
  const trouble = installation === null ? undefined : accessTrouble(installation, viewer, Date.now())
  const format = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  const momentText = (time: number | undefined) => time === undefined ? undefined : `${format.format(time)} UTC`
  const path = sliderLink(fastify.config.appCode)
  const report = installation?.bindings
  return {
    isAdmin: viewer.isAdmin,
    trouble: trouble && { ...trouble, nextTryAt: momentText(trouble.nextTryAt) },
    path,
    link: new URL(path, portal.origin).href,
    placements: installation === null ? undefined : placementLines(fastify, report, lang),
    boundAt: momentText(report?.at)
  }
}

/** What is stored of the portal; null while the store is unavailable. */
async function findInstallation (fastify: FastifyInstance, memberId: string): Promise<Installation | undefined | null> {
  return await fastify.installations.find(memberId).catch((err: unknown) => {
    fastify.log.warn({ err }, 'the installation of a portal cannot be read')
    return null
  })
}

/** Where the application appears on this portal, one line a declaration. */
function placementLines (fastify: FastifyInstance, report: BindingReport | null | undefined, lang: string) {
  const { t } = fastify.pages.i18n.resolve(lang)
  return fastify.placements.all().filter(({ code }) => code !== 'DEFAULT').map(declaration => {
    const { code, name, title } = declaration
    const { state, reason } = stateOf(declaration, report)
    return {
      code: handlerKey(code, name),
      title: textIn(title ?? '', lang), // plain JavaScript may say null
      state,
      reason: reason && reasonText(t, reason)
    }
  })
}

function stateOf (declaration: PlacementDeclaration, report: BindingReport | null | undefined) {
  // A family is bound under the codes of its members.
  const isMember = (key: string) => matchesHandler(declaration, key)
  const skipped = report?.skipped.find(({ code }) => isMember(code))
  if (skipped !== undefined) return { state: 'skipped', reason: skipped.reason }
  if (!isBindable(declaration)) return { state: 'separate' }
  return { state: report?.bound.some(isMember) ? 'bound' : 'not-installed' }
}
