import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { VisitsViewer } from '../../plugins/links/visits.ts'
import { reasonText } from '../../plugins/installation/reasons.ts'
import { sliderLink } from '../../src/http/slider-link.ts'
import { matchesPattern, textIn } from '../../plugins/placement-dispatch/registry.ts'
import { composerOf } from '../../plugins/links/composer.ts'
import { CHART_HEIGHT, visitsLines, type VisitsLine } from '../../plugins/links/visits-view.ts'
import { screenTexts } from '../../plugins/links/screen-texts.ts'
import type { PlacementBody } from '../../src/schemas/placement.ts'
import type { BindingReport, Installation } from '../../src/store/installation-store.ts'
import { accessTrouble } from '../../plugins/tokens/access-trouble.ts'

/** Of the links that were opened last. */
const shownLinks = 50

/** Where the application appears on this portal, one line a declaration. */
function placementLines (fastify: FastifyInstance, report: BindingReport | null | undefined, lang: string) {
  const { t } = fastify.i18n.resolve(lang)
  return fastify.placements().filter(({ code }) => code !== 'DEFAULT').map(({ code, title = '', bind }) => {
    // A family is bound under the codes of its members.
    const isMember = (other: string) => matchesPattern(code, other)
    const skipped = report?.skipped.find(out => isMember(out.code))
    const state = skipped !== undefined ? 'skipped' : bind === false ? 'not-bindable' : report?.bound.some(isMember) ? 'bound' : 'not-installed'
    return { code, title: textIn(title, lang), state, reason: skipped && reasonText(t, skipped.reason) }
  })
}

/** The links that were opened last. What is not known for the moment must not keep the page from being shown. */
async function recentVisits (fastify: FastifyInstance, memberId: string, viewer: VisitsViewer, lang: string): Promise<VisitsLine[]> {
  try {
    const reports = await fastify.linkVisits.recent(memberId, shownLinks, viewer)
    const textOf = screenTexts(fastify.i18n, lang)
    const { tag } = fastify.i18n.resolve(lang)
    return visitsLines(reports, fastify.screens(), textOf, { lang, tag })
  } catch (err) {
    fastify.log.error({ err }, 'the visits of links cannot be read')
    return []
  }
}

/** What is stored of the portal; null while the store does not answer. */
async function storedOf (fastify: FastifyInstance, memberId: string): Promise<Installation | undefined | null> {
  return await fastify.installations.find(memberId).catch((err: unknown) => {
    fastify.log.warn({ err }, 'what is stored of a portal cannot be read')
    return null
  })
}

/** The application's own page: a composer of links to its screens, and what is bound where. */
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.placement('DEFAULT', {}, async (request, reply) => {
    const { authToken, placement } = request
    // A page of ours may open a screen, too: openApplication({ screen: 'record', id: 8061 }).
    const screen = 'screen' in placement.options ? fastify.screenOf(placement.options) : undefined
    if (screen !== undefined) return await fastify.openScreen(screen, request, reply)

    const { memberId, scope } = placement.portal
    const { t, tag } = fastify.i18n.resolve(placement.lang)
    const installation = await storedOf(fastify, memberId)
    const report = installation?.bindings
    const path = sliderLink(fastify.appCode, { test: 'y' })
    const isAdmin = await fastify.askPortalAdmin(request)
    const { REFRESH_ID = '' } = request.body as PlacementBody // the route of all widget calls has checked it
    const trouble = installation === null ? undefined : accessTrouble(installation, { isAdmin, bringsToken: REFRESH_ID !== '' }, Date.now())
    const moment = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
    const momentText = (time: number | undefined) => time === undefined ? undefined : `${moment.format(time)} UTC`
    const faults = ['required', 'type', 'range', 'fromTo', 'atLeast', 'atMost', 'length', 'format']
    const limits = { min: '{min}', max: '{max}' } // each field has its own
    return await reply.page('home', {
      composer: composerOf(fastify.screens(), scope, screenTexts(fastify.i18n, placement.lang), { lang: placement.lang, tag }),
      composerTexts: {
        ...Object.fromEntries(faults.map(reason => [reason, t(`composer.fault.${reason}`, limits)])),
        ...Object.fromEntries(['sending', 'sent', 'notSent', 'busy', 'denied', 'refused', 'unavailable'].map(name => [name, t(`composer.${name}`)])),
        unpaid: `${t('error.payment.text')} ${t('error.payment.todo')}`,
        portalUnavailable: `${t('error.portal-unavailable.text')} ${t('error.portal-unavailable.todo')}`,
        B24_ERR_LINK: t('error.link.text'),
        B24_ERR_LINK_WRITER: t('error.link.text'),
        B24_ERR_PAGE_SESSION: `${t('error.expired.text')} ${t('error.expired.todo')}`,
        B24_ERR_PORTAL_UNKNOWN: t('error.not-installed.text')
      },
      userId: placement.user.id,
      isAdmin,
      visits: await recentVisits(fastify, memberId, { userId: placement.user.id, isAdmin }, placement.lang),
      visitsDays: fastify.linkVisits.days,
      chartHeight: CHART_HEIGHT,
      trouble: trouble && { ...trouble, nextTryAt: momentText(trouble.nextTryAt) },
      placements: installation === null ? undefined : placementLines(fastify, report, placement.lang),
      boundAt: momentText(report?.at),
      path,
      link: new URL(path, authToken?.origin).href
    }, { title: t(trouble === undefined ? 'home.title' : 'home.trouble.title') })
  })
}
export default plugin
