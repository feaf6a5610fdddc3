// The forms of the deal tab and of the notes: sends what was written to a route of the application.

for (const form of document.querySelectorAll('form[data-write]')) {
  const button = form.querySelector('button')
  const status = form.querySelector('[role="status"]')
  // Without this script the form does nothing, and its button says so.
  button.disabled = false
  // "Saved" is about the last text, not about the next.
  form.addEventListener('input', () => { status.textContent = '' })
  form.addEventListener('submit', async event => {
    event.preventDefault()
    if (button.ariaDisabled) return
    // Blanks are refused as nothing is.
    if (form.elements.text.value.trim() === '') form.elements.text.value = ''
    if (!form.reportValidity()) return
    // A disabled button loses the focus.
    button.ariaDisabled = 'true'
    status.textContent = ''
    const { write, grant, saved, failed, list, asUser } = form.dataset
    const text = form.elements.text.value
    const isSaved = await save(write, { grant, text }, asUser !== undefined)
    button.ariaDisabled = null
    status.textContent = isSaved ? saved : failed
    status.classList.toggle('fault', !isSaved)
    if (isSaved) form.reset()
    if (isSaved && list !== undefined) show(document.getElementById(list), text)
    // The page may be higher than before.
    window.service.frame().then(frame => frame.fit()).catch(() => {})
  })
}

async function save (path, body, asUser) {
  try {
    const { ok } = await window.service.fetch(path, { method: 'POST', body, asUser })
    return ok
  } catch {
    return false
  }
}

/** Puts what was written on top of the list, as its hidden row shows it. */
function show (list, text) {
  const row = list.querySelector('[data-new]').cloneNode(true)
  row.querySelector('bdi').textContent = text
  row.hidden = false
  list.prepend(row)
  document.querySelector('[data-empty]')?.remove()
}
