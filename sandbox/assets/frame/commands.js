// Commands that the pages of all placements know. Each answers through `reply`, or stays silent.
import { choose, notify } from './dialogs.js'
import { openApplication, openPath } from './open.js'

/** The types of entities that selectCRM knows, and the words for them. */
const CRM_TYPES = { lead: 'Lead', contact: 'Contact', company: 'Company', deal: 'Deal', quote: 'Quote' }

/** The types that a page asks for; those of a portal when it asks for none that exist. */
function crmTypes (wanted) {
  const known = [wanted].flat().filter(type => Object.hasOwn(CRM_TYPES, type))
  return known.length > 0 ? known : ['lead', 'contact', 'company']
}

const noteOf = ({ type, desc }) => [CRM_TYPES[type], desc].filter(Boolean).join(': ')

/** Entities that are chosen at first: numbers by type, or ids such as `D_7`. */
function presetOf (value, entries) {
  const wanted = Object.entries(value ?? {}).flatMap(([type, ids]) => [ids].flat().map(id => `${type} ${id}`))
  return entries.filter(({ id, type }) =>
    wanted.some(one => one === `${type} ${id.split('_')[1]}` || one.endsWith(` ${id}`))).map(({ id }) => id)
}

/** Commands of one frame: `layout` is the box around it, `act` asks the portal on behalf of its user. */
export function generalCommands ({ layout, config, act }) {
  const { initData, appPath, afterInstall, closablePaths } = config

  const openDialog = ({ dialogId = '' }) =>
    window.top.portalSliders.open(`/messenger/${dialogId && `?dialog=${encodeURIComponent(dialogId)}`}`)

  return {
    getInitData (_params, reply) {
      reply(initData)
      initData.FIRST_RUN = false
    },
    async setInstall (params, reply) {
      await act('setInstall')
      reply(params)
    },
    async setInstallFinish (params) {
      await act('setInstallFinish', params)
      // A slider of openApplication is loaded again with the parameters of the application.
      if (window.top.portalSliders?.resend(window)) return
      const url = new URL(afterInstall ?? window.location.href, window.location.href)
      url.searchParams.set('install_finished', 'Y')
      window.location.replace(url)
    },
    async refreshAuth (_params, reply) {
      const auth = await act('refreshAuth')
      // As on a portal, the user is told and the page stays without answer.
      if (auth.error) return notify(auth.error_description)
      Object.assign(initData, auth)
      reply(auth)
    },
    async setUserOption (params, reply) {
      await act('setUserOption', params)
      reply(params)
    },
    async setAppOption (params, reply) {
      if (initData.IS_ADMIN) reply(await act('setAppOption', params))
    },
    resizeWindow ({ width, height }, reply) {
      if (width) layout.style.width = width === '100%' ? '100%' : `${Number.parseInt(width) || 100}px`
      if (height) layout.style.height = `${Number.parseInt(height)}px`
      reply({ width: layout.offsetWidth, height: layout.offsetHeight })
    },
    setTitle (params, reply) {
      document.getElementById('pagetitle').textContent = params.title
      reply(params)
    },
    setScroll (params, reply) {
      window.scrollTo(0, Number.parseInt(params.scroll) || 0)
      reply(params)
    },
    reloadWindow () {
      // That of the frame: a page in a slider has a window of its own.
      if (!window.top.portalSliders?.resend(window)) window.location.reload()
    },
    openApplication (params, reply) {
      openApplication(appPath, params, () => reply())
    },
    openPath ({ path }, reply) {
      const errorCode = openPath(path, config, () => reply({ result: 'close' }))
      if (errorCode) reply({ result: 'error', errorCode })
    },
    closeApplication (_params, reply) {
      if (window.top.portalSliders.closeTop(closablePaths)) reply()
    },
    async selectUser ({ mult, title }, reply) {
      const chosen = await choose(
        title || (mult === true ? 'Select employees' : 'Select an employee'),
        await act('employees'), { multiple: mult === true })
      if (chosen?.length > 0) reply(mult === true ? chosen : chosen[0])
    },
    async selectAccess ({ value }, reply) {
      const chosen = await choose('Access permissions', await act('accessGroups'),
        { multiple: true, chosen: Object.values(value ?? {}) })
      if (chosen) reply(chosen)
    },
    async selectCRM ({ entityType, multiple, value }, reply) {
      const types = crmTypes(entityType)
      const entries = await act('crmEntities', { types })
      const chosen = await choose('Select CRM entities', entries.map(entry => ({ ...entry, desc: noteOf(entry) })),
        { multiple: multiple === true, chosen: multiple === true ? presetOf(value, entries) : [] })
      if (!chosen) return
      const ids = new Set(chosen.map(({ id }) => id))
      reply(Object.fromEntries(types.map(type =>
        [type, { ...entries.filter(entry => entry.type === type && ids.has(entry.id)) }])))
    },
    async imCallTo ({ userId, video }) {
      const name = (await act('employees')).find(({ id }) => id === String(userId))?.name ?? `user ${userId}`
      notify(`Calling ${name}${video === false ? '' : ' with video'} …`)
    },
    imPhoneTo: ({ phone }) => notify(`Calling ${phone} …`),
    imOpenMessenger: openDialog,
    imOpenHistory: openDialog
  }
}
