// Sliders of the portal: pages of the same portal that open over the current one, in a panel at the side.
(() => {
  const IN_SLIDER = /^\/(?:(?:marketplace|market)\/view\/[a-zA-Z0-9._]+\/|marketplace\/placement\/\d+\/)/
  const sliders = []

  /** The page in the slider is shown to the same user in the same language. */
  function sliderAddress (path) {
    const url = new URL(path, window.location.href)
    const viewer = new URLSearchParams(window.location.search)
    for (const name of ['lang', 'user', 'generation']) {
      if (viewer.has(name) && !url.searchParams.has(name)) url.search += `${url.search ? '&' : ''}${name}=${viewer.get(name)}`
    }
    url.search += `${url.search ? '&' : ''}IFRAME=Y&IFRAME_TYPE=SIDE_SLIDER`
    return url
  }

  function open (path, onClose) {
    const address = sliderAddress(path)
    const dialog = document.createElement('dialog')
    dialog.className = 'slider'
    dialog.setAttribute('aria-label', 'Slider')
    dialog.innerHTML = '<button type="button" class="slider-close" aria-label="Close">✕</button>' +
      '<div class="spinner" role="status" aria-label="Loading"></div>'
    const frame = document.createElement('iframe')
    frame.className = 'slider-frame'
    frame.title = 'Slider'
    frame.src = address.href
    frame.addEventListener('load', () => {
      dialog.classList.add('loaded')
      frame.title = frame.contentDocument?.title ?? frame.title
      dialog.setAttribute('aria-label', frame.title)
    })
    dialog.append(frame)
    // The dialog fills nothing but the panel, so a click on the dialog itself outside of it is one beside the panel.
    dialog.addEventListener('click', event => {
      if (event.target === dialog || event.target.closest('.slider-close')) dialog.close()
    })
    dialog.addEventListener('close', () => {
      sliders.splice(sliders.indexOf(slider), 1)
      dialog.remove()
      onClose?.()
    })
    const slider = { path: address.pathname, dialog }
    sliders.push(slider)
    document.body.append(dialog)
    dialog.showModal()
  }

  /** Closes the slider on top when its address begins with one of the paths, or in any case without paths. */
  function closeTop (paths) {
    const slider = sliders.at(-1)
    if (!slider || (paths && !paths.some(path => slider.path.startsWith(path)))) return false
    slider.dialog.close()
    return true
  }

  // A page in a slider leaves sliders to the page below it, and lets Esc close its own.
  if (window.parent !== window) {
    document.addEventListener('keydown', event => {
      if (event.key === 'Escape') window.top.portalSliders.closeTop()
    })
    return
  }

  window.portalSliders = { open, closeTop }

  document.addEventListener('click', event => {
    const link = event.target.closest('a[href]')
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (link.origin !== window.location.origin || !IN_SLIDER.test(link.pathname)) return
    event.preventDefault()
    open(link.href)
  })

  // Opened in a tab of its own, such a page shows itself in a slider.
  if (document.querySelector('[data-open-slider]')) open(window.location.href)

  document.addEventListener('change', event => {
    if (event.target.matches('[data-submit]')) event.target.form.requestSubmit()
  })
})()
