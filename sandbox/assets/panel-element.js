/** A new element with a class, which may be empty, and with children. */
export function element (tag, className, ...children) {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...children)
  return made
}
