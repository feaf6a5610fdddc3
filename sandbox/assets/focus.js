/**
 * Notes what has the focus, also in the page of a slider. Gives the function that gives it back: the browser does so
 * after a dialog, but not for a frame.
 */
export function holdFocus () {
  let element = document.activeElement
  while (element?.contentDocument) element = element.contentDocument.activeElement
  return () => element?.focus({ preventScroll: true })
}
