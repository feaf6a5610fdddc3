// What the keyboard and the mouse reach when something has opened or closed.

/**
 * Notes what has the focus, also in the page of a slider. Gives the function that gives it back: the browser does so
 * after a dialog, but not for a frame.
 */
export function holdFocus () {
  let element = document.activeElement
  while (element?.contentDocument) element = element.contentDocument.activeElement
  return () => element?.focus({ preventScroll: true })
}

// Whoever goes on with the keyboard has left the menu that is open.
document.addEventListener('focusin', ({ target }) => {
  if (!target.closest('[popover], [popovertarget]')) document.querySelector(':popover-open')?.hidePopover()
})

// The second click of a double click is not meant for what the first one has put there or taken away.
let pressed = []
window.addEventListener('pointerdown', ({ target }) => { pressed = [pressed[1], target] }, true)
window.addEventListener('click', event => {
  if (event.detail < 2 || pressed[0] === pressed[1]) return
  event.preventDefault()
  event.stopPropagation()
}, true)
