// The parent's side of the frame: submits the portal's form into it and answers the messages of the page in it.
(() => {
  const layout = document.querySelector('[data-frame]')
  if (!layout) return
  const frame = layout.querySelector('iframe')
  const { sid, appOrigin, denied, closablePaths, afterInstall, initData } = JSON.parse(layout.dataset.frame)

  /** Asks the portal to do something on behalf of the user of this frame. */
  async function act (action, params = {}) {
    const response = await fetch(`/sandbox/frame/${sid}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params)
    })
    return response.json()
  }

  /** Each command answers through `reply`, or stays silent. */
  const commands = {
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
      const url = new URL(afterInstall ?? window.location.href, window.location.href)
      url.searchParams.set('install_finished', 'Y')
      window.location.replace(url)
    },
    async refreshAuth (_params, reply) {
      const auth = await act('refreshAuth')
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
    closeApplication (_params, reply) {
      if (window.top.portalSliders.closeTop(closablePaths)) reply()
    },
    getInterface (_params, reply) {
      reply({ command: [], event: [] })
    }
  }

  /** `command:JSON:key:sid`, where the JSON may hold colons and may be missing; or an object. */
  function parse (data) {
    if (typeof data === 'object' && data !== null) return { ...data, sid: data.appSid, key: data.callback }
    const parts = String(data).split(':')
    const [sid, key] = [parts.pop(), parts.pop()]
    const [method, ...json] = parts
    return { method, sid, key, params: json.length > 0 && json.join(':') !== '' ? JSON.parse(json.join(':')) : [] }
  }

  window.addEventListener('message', event => {
    if (event.origin !== appOrigin) return
    const { method, params, key, sid: sender } = parse(event.data)
    // Whatever is wrong, denied or unknown stays without answer.
    if (sender !== sid || denied.includes(method) || !Object.hasOwn(commands, method)) return
    commands[method](params, result => {
      if (key) frame.contentWindow?.postMessage(`${key}:${result === undefined ? '' : JSON.stringify(result)}`, appOrigin)
    })
  })

  frame.addEventListener('load', () => layout.classList.add('loaded'))
  layout.querySelector('form')?.submit()
})()
