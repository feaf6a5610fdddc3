import type { FastifyInstance } from 'fastify'
import type { FeatureRequest, HomeSection } from '../placement-dispatch/features.ts'
import { composerOf, composerTexts } from './composer.ts'
import { screenTexts, type Screen } from './screen.ts'
import { CHART_HEIGHT, visitsLines } from './visits/view.ts'

/** Of the links that were opened last. */
const shownLinks = 50

/** The composer; its view is empty where there are no screens that people write links to. */
export async function composerSection (
  { i18n }: FastifyInstance, screens: readonly Screen[], { placement: { lang, portal, user } }: FeatureRequest
): Promise<HomeSection> {
  const { t, tag } = i18n.resolve(lang)
  const composer = composerOf(screens, portal.scope, screenTexts(i18n, lang), { lang, tag })
  return { view: 'composer', data: { composer, composerTexts: composerTexts(t), userId: user.id } }
}

/** The links that were opened last, unless nothing is counted. */
export async function visitsSection (
  fastify: FastifyInstance, request: FeatureRequest
): Promise<HomeSection | undefined> {
  const { i18n, links: { screens, visits } } = fastify
  if (visits.days === 0) return undefined
  const { lang, portal: { memberId }, user } = request.placement
  const isAdmin = await fastify.portalRest.isAdmin(request)
  const reports = await visits.recent(memberId, shownLinks, { userId: user.id, isAdmin })
  const { tag } = i18n.resolve(lang)
  const lines = visitsLines(reports, screens(), screenTexts(i18n, lang), { lang, tag })
  return { view: 'visits', data: { isAdmin, visits: lines, visitsDays: visits.days, chartHeight: CHART_HEIGHT } }
}
