// Commands that the pages of all placements know. Each answers through `reply`, or stays silent.
import { choose, notify } from './dialogs.js'
import { openApplication, openPath } from './open.js'

/** Commands of one frame: `layout` is the box around it, `act` asks the portal on behalf of its user. */
export function generalCommands ({ layout, config, act }) {
  const { initData, appPath, clientId, afterInstall, closablePaths } = config

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
      window.top.location.reload()
    },
    openApplication (params, reply) {
      openApplication(appPath, params, () => reply())
    },
    openPath ({ path }, reply) {
      const isOpen = openPath(path, clientId, () => reply({ result: 'close' }))
      if (!isOpen) reply({ result: 'error', errorCode: 'PATH_NOT_AVAILABLE' })
    },
    closeApplication (_params, reply) {
      if (window.top.portalSliders.closeTop(closablePaths)) reply()
    },
    async selectUser ({ mult, title }, reply) {
      const chosen = await choose(title || 'Select employees', await act('employees'), { multiple: mult === true })
      if (chosen?.length > 0) reply(mult === true ? chosen : chosen[0])
    },
    async selectAccess ({ value }, reply) {
      const chosen = await choose('Access permissions', await act('accessGroups'),
        { multiple: true, chosen: Object.values(value ?? {}) })
      if (chosen) reply(chosen)
    },
    async selectCRM ({ entityType = ['deal'], multiple, value }, reply) {
      const types = [entityType].flat()
      // The portal has deals only; of other entities nothing can be chosen.
      const entries = types.includes('deal') ? await act('deals') : []
      const preset = multiple === true ? Object.values(value?.deal ?? []).map(id => `D_${id}`) : []
      const chosen = await choose('Select CRM entities', entries, { multiple: multiple === true, chosen: preset })
      if (chosen) {
        reply(Object.fromEntries(types.map(type => [type, { ...chosen.filter(entry => entry.type === type) }])))
      }
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
