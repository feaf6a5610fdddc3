// Sliders of the portal: pages of the same portal that open over the current one, in a panel at the side.
import { holdFocus } from './focus.js'
import { labelOf, sliderWidth } from './slider-look.js'

(() => {
  const IN_SLIDER = /^\/(?:(?:marketplace|market)\/view\/[a-zA-Z0-9._]+\/|marketplace\/placement\/[a-zA-Z0-9_.]+\/)/
  const sliders = []

  /** Leaves the parameters that are there as they are written. */
  const addTo = (url, parameters) => { url.search += `${url.search && '&'}${parameters}` }

  function markAsSlider (url) {
    if (url.searchParams.get('IFRAME') !== 'Y') addTo(url, 'IFRAME=Y&IFRAME_TYPE=SIDE_SLIDER')
    return url
  }

  /** The page in the slider is shown to the same user in the same language. */
  function sliderAddress (path) {
    const url = new URL(path, window.location.href)
    const viewer = new URLSearchParams(window.location.search)
    for (const name of ['lang', 'user', 'generation']) {
      if (viewer.has(name) && !url.searchParams.has(name)) addTo(url, `${name}=${viewer.get(name)}`)
    }
    return markAsSlider(url)
  }

  /** Loads an address into a frame by POST. */
  function post (frame, address, fields) {
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action: address, target: frame.name, hidden: true })
    for (const [name, value] of fields) {
      form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
    }
    document.body.append(form)
    form.submit()
    form.remove()
  }

  /**
   * Opens a page of the portal by its path, with `fields` by POST. `width` or `leftBoundary` in pixels, `title` and
   * `label` ({text, color, bgColor}) are as the application wishes; `onClose` is called when the slider is gone.
   */
  function open (path, { onClose, title, label, fields, ...size } = {}) {
    const address = sliderAddress(path)
    const dialog = document.createElement('dialog')
    dialog.className = 'slider'
    dialog.style.width = sliderWidth(size)
    dialog.setAttribute('aria-label', title ?? 'Slider')
    dialog.innerHTML = '<button type="button" class="slider-close" aria-label="Close">✕</button>' +
      '<div class="spinner" role="status" aria-label="Loading"></div>'
    const frame = document.createElement('iframe')
    frame.className = 'slider-frame'
    frame.title = title ?? 'Slider'
    frame.name = `slider${Math.random()}`
    if (!fields) frame.src = address.href
    frame.addEventListener('load', () => {
      // The empty page that a frame without address begins with.
      if (frame.contentDocument?.URL === 'about:blank') return
      dialog.classList.add('loaded')
      frame.title = title ?? frame.contentDocument?.title ?? frame.title
      dialog.setAttribute('aria-label', frame.title)
    })
    dialog.append(frame)
    if (label) dialog.append(labelOf(label))
    // The dialog fills nothing but the panel, so a click on the dialog itself outside of it is one beside the panel.
    dialog.addEventListener('click', event => {
      if (event.target === dialog || event.target.closest('.slider-close')) dialog.close()
    })
    const pageTitle = document.title
    const giveFocusBack = holdFocus()
    if (title !== undefined) document.title = title
    dialog.addEventListener('close', () => {
      sliders.splice(sliders.indexOf(slider), 1)
      dialog.remove()
      document.title = pageTitle
      giveFocusBack()
      onClose?.()
    })
    const slider = { path: address.pathname, dialog, frame, send: fields && (() => post(frame, address.href, fields)) }
    sliders.push(slider)
    document.body.append(dialog)
    slider.send?.()
    dialog.showModal()
  }

  /** Loads the slider whose page is `page` once more by POST. Says whether it was loaded so. */
  function resend (page) {
    const slider = sliders.find(({ frame }) => frame.contentWindow === page)
    slider?.send?.()
    return slider?.send !== undefined
  }

  /** Loads the pages in all sliders once more. Says whether there are any. */
  function reload () {
    for (const { frame, send } of sliders) {
      if (send) send()
      else frame.contentWindow.location.reload()
    }
    return sliders.length > 0
  }

  /** Closes the slider on top when its address begins with one of the paths, or in any case without paths. */
  function closeTop (paths) {
    const slider = sliders.at(-1)
    if (!slider || (paths && !paths.some(path => slider.path.startsWith(path)))) return false
    slider.dialog.close()
    return true
  }

  /** The link of this portal that a plain click follows. */
  function clickedLink (event) {
    const link = event.target.closest('a[href]')
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey
    if (!link || link.target || event.defaultPrevented || !isPlain) return undefined
    return link.origin === window.location.origin ? link : undefined
  }

  document.addEventListener('change', event => {
    if (event.target.matches('[data-submit]')) event.target.form.requestSubmit()
  })

  // A page in a slider leaves sliders to the page below it, and lets Esc close its own. Its links open over it, but for
  // those to other views of itself.
  if (window.parent !== window) {
    document.addEventListener('keydown', event => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) window.top.portalSliders.closeTop()
    })
    document.addEventListener('click', event => {
      const link = clickedLink(event)
      if (!link || link.hash) return
      event.preventDefault()
      if (link.pathname === window.location.pathname) window.location.assign(markAsSlider(new URL(link.href)))
      else window.top.portalSliders.open(link.href)
    })
    return
  }

  window.portalSliders = { open, closeTop, resend, reload }

  document.addEventListener('click', event => {
    const link = clickedLink(event)
    if (!link || !IN_SLIDER.test(link.pathname)) return
    event.preventDefault()
    open(link.href)
  })

  // Opened in a tab of its own, the page of a link shows itself in a slider; another page says what to open.
  const opener = document.querySelector('[data-open-slider]')
  if (opener) open(opener.href ?? window.location.href)
})()
