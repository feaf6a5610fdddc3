// How a slider looks, as far as the application may say.

/** Colours of labels by the names that an application may use, dark enough for white text. */
const LABEL_COLORS = {
  aqua: '#0b6f80',
  green: '#3b7219',
  orange: '#a84b08',
  brown: '#7a4b2a',
  pink: '#b02a63',
  blue: '#1a6fd6',
  grey: '#5c6775',
  violet: '#6b3fa0'
}

/** The wished width as far as the window has it, with room for the cross. */
export function sliderWidth ({ width, leftBoundary }) {
  if (width > 0) return `min(${width}px, 100vw - 52px)`
  return leftBoundary >= 0 ? `min(100vw - ${leftBoundary}px, 100vw - 52px)` : ''
}

/** A note under the cross. */
export function labelOf ({ text, color, bgColor }) {
  const label = document.createElement('span')
  label.className = 'slider-label'
  label.textContent = String(text)
  label.style.background = LABEL_COLORS[bgColor] ?? LABEL_COLORS.grey
  // The browser ignores what is no colour.
  if (typeof color === 'string') label.style.color = color
  return label
}
