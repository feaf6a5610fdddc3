// The application runs anew: what shows it is loaded again. Only in the window itself: pages in sliders belong to it.

/** Loads the sliders again; without any, the page itself if it shows the application. */
function show () {
  const showsApplication = document.querySelector('[data-frame]') !== null
  if (!window.portalSliders.reload()) {
    if (showsApplication) window.location.reload()
    return
  }
  // A slider is not closed for the sake of the page below it.
  const dialog = document.querySelector('dialog.slider')
  if (showsApplication) dialog.addEventListener('close', () => window.location.reload(), { once: true })
}

let run
const events = new window.EventSource('/sandbox/api/reload')
events.addEventListener('reload', show)
events.addEventListener('run', ({ data }) => {
  if (run !== undefined && run !== data) show()
  run = data
})
