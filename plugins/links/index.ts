import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { someKeys } from '../../src/crypto/keys.ts'
import { withPreHandlers } from '../../src/http/pre-handlers.ts'
import { isAppCode } from '../../src/http/slider-link.ts'
import { audit } from '../../src/log/audit.ts'
import { checkOptions, rule } from '../../src/schemas/plugin-options.ts'
import type { ApiKey } from '../../src/schemas/variables.ts'
import { observable } from '../../src/store/observable.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createApiKeys } from './api-keys.ts'
import { checked } from './check-settings.ts'
import { composerSection } from './composer.ts'
import { formFields, labelOf } from './form-fields.ts'
import { createLinkSigner } from './link-signature.ts'
import linksRoute from './links-route.ts'
import { screenTexts, type Screen } from './screen.ts'
import { createScreenLinks, type LinkOptions, type ScreenLink } from './screen-links.ts'
import { createScreens, type Answer, type DeclareScreen, type ScreenContext } from './screens.ts'
import visitsRoute from './visits-route.ts'
import { createSqlVisitStore } from './visits/sql-visit-store.ts'
import { visitsSection } from './visits/view.ts'
import { createVisits } from './visits/visits.ts'

export interface LinksOptions {
  /** The code in links: `#APP_CODE#` */
  appCode: string
  /** Keys of 32 bytes that sign links, newest first: the first signs, any of them verifies */
  keys: readonly Uint8Array[]
  /** Keys of the back-ends that may write links */
  apiKeys: readonly ApiKey[]
  /** The store of the installations: visits get tables of their own in its database */
  store: Pick<Store, 'database' | 'onPortalChanged'>
  /** Days that visits are kept, today included. 0: nothing is counted, and what was counted before is deleted */
  retentionDays: number
}

declare module 'fastify' {
  /** Parameters by name of the screen: the file of a screen adds its own, and `links.to` is typed by it. */
  interface ScreenParams {}
  interface FastifyInstance {
    /** Declares a screen. @throws {ScreenError} at boot */
    screen: DeclareScreen
    links: {
      screens: () => readonly Screen[]
      /** Writes a link to a screen. @throws {OptionsMismatchError}, {LinkError} */
      to: <Name extends keyof ScreenParams & string>(
        name: Name, params: ScreenParams[Name], options: LinkOptions
      ) => ScreenLink
      /**
       * The same for a name and parameters that no compiler has seen, such as those of a form.
       *
       * @throws {ScreenUnknownError}, {OptionsMismatchError}, {LinkError}
       */
      write: (name: string, params: Readonly<Record<string, unknown>>, options: LinkOptions) => ScreenLink
      visits: ReturnType<typeof createVisits>
    }
  }
  interface FastifyRequest {
    /** The screen that was opened; null until then */
    screen: ScreenContext | null
    /** The back-end that makes this call; null for others */
    apiKey: ApiKey | null
  }
}

/** Links to screens: how they are declared, written, signed, opened and counted, and the home's part of it. */
async function links (fastify: FastifyInstance, options: LinksOptions) {
  checkOptions('links', options, {
    appCode: [value => typeof value === 'string' && isAppCode(value), 'be the code of an application'],
    keys: rule.keys,
    apiKeys: [isListOfKeys, 'be a list of keys'],
    store: rule.storeWith('onPortalChanged'),
    retentionDays: rule.days
  })
  const { appCode, keys, apiKeys, store, retentionDays } = options
  const signer = createLinkSigner(someKeys(keys))
  const screenLinks = createScreenLinks({ appCode, signer, now: Date.now })
  const visitStore = observable(await createSqlVisitStore(store.database, fastify.log), 'visits.')
  const visits = createVisits({ store: visitStore, retentionDays, log: fastify.log.child({ part: 'link-visits' }) })
  const screens = createScreens({
    links: screenLinks,
    count: visits.count,
    labelOf: ({ name, params }, parameter, lang) => {
      const textOf = screenTexts(fastify.pages.i18n, lang)
      return labelOf(formFields(params, key => textOf(name, key)), parameter)
    }
  })
  const write: FastifyInstance['links']['write'] = (name, params, options) =>
    screenLinks.write(screens.find(name), params, options)
  // A page may be full of links that its handler writes; who may open a signed one has to be known later.
  const writeAudited: typeof write = (name, params, options) => {
    const link = write(name, params, options)
    const { by: user, portal: { memberId: member } } = options
    const fields = { ip: undefined, member, user, screen: name, link: link.id }
    if (screens.find(name).signed !== undefined) audit(fastify.log, 'link.written', fields)
    return link
  }

  fastify.decorateRequest('screen', null)
  fastify.decorateRequest('apiKey', null)
  fastify.decorate('links', {
    screens: screens.all,
    to: (name, params: object, options) => writeAudited(name, { ...params }, options),
    write: writeAudited,
    visits
  })
  fastify.decorate('screen', function screen (name, declared, handler) {
    const { pluginName: source } = this
    const { schema: { params }, preHandler, ...settings } = checked(name, source, declared, handler)
    const answer = withPreHandlers(this, preHandler, handler)
    // `open` sets a `request.screen` of the type that the handler expects.
    screens.declare({ ...settings, name, source, params }, answer as Answer)
    return this
  })
  fastify.pages.addFolder(import.meta.dirname)
  fastify.placements.features.add({
    // A page of ours may open a screen, too: openApplication({ screen: 'part', id: 8061 }).
    answer: (request, reply) => {
      const { code, options } = request.placement
      return code === 'DEFAULT' && !Object.hasOwn(Object(options), 'screen') ? undefined : screens.open(request, reply)
    },
    homeSection: request => composerSection(fastify, screens.all(), request)
  })
  fastify.placements.features.add({ homeSection: request => visitsSection(fastify, request) })
  await fastify.register(linksRoute, { apiKeys: createApiKeys(apiKeys), write })
  await fastify.register(visitsRoute)

  fastify.onUninstalled(async ({ portal }) => {
    // What waits in memory would be written after.
    await visits.flush()
    await visitStore.forget(portal.memberId)
  })
  const stopListening = store.onPortalChanged(visits.forget)
  fastify.addHook('onReady', async () => {
    screens.start()
    visits.start()
  })
  fastify.addHook('onClose', async () => {
    stopListening()
    await visits.close()
  })
}

const isListOfKeys = (value: unknown): boolean =>
  Array.isArray(value) && value.every(key => typeof Object(key).name === 'string' && typeof key.sha256 === 'string')

export default fp(links, {
  fastify: '5.x',
  name: 'b24-links',
  dependencies: ['b24-placement-dispatch', 'b24-page', 'b24-page-session', 'b24-installation', 'b24-portal-rest']
})
