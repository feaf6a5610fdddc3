// The composer: turns what is typed into a link, which the server writes from the same schema. It tells the form of each
// link by the event `linked`; composer-pick.js fills in what is picked, composer-send.js sends the link.

const composer = document.querySelector('[data-composer]')
const texts = JSON.parse(composer.dataset.texts)

// A fault moves what is below it, and a button that has moved between press and release is not clicked.
let released = Promise.resolve()
window.addEventListener('pointerdown', () => {
  released = new Promise(resolve => {
    for (const end of ['pointerup', 'pointercancel']) {
      window.addEventListener(end, () => setTimeout(resolve), { once: true })
    }
  })
})

for (const form of composer.querySelectorAll('form')) prepare(form)

function prepare (form) {
  let typing
  let asked = 0
  const update = async () => {
    const number = ++asked
    const fields = faultsOf(form)
    const answer = fields.length > 0 ? { error: '', fields } : await writeLink(form)
    // Only the answer to what is typed now counts.
    if (number === asked) show(form, answer)
  }
  form.addEventListener('input', event => {
    if (event.target.closest('.send')) return
    event.target.dataset.touched = 'true'
    finish(form, '')
    // What was asked before is about something else now.
    asked++
    clearTimeout(typing)
    typing = setTimeout(update, 200)
  })
  const leave = async ({ target }) => {
    // While a dialog of the portal is open, nothing has been forgotten.
    if (!target.matches('[data-path]:not([data-pick])')) return
    target.dataset.touched = 'true'
    await released
    if (faultsOf(form).length > 0) update()
  }
  form.addEventListener('focusout', leave)
  form.addEventListener('change', leave)
  form.addEventListener('keydown', async event => {
    const { key, target, isComposing } = event
    if (key !== 'Enter' || isComposing || !target.matches('input[data-path]:not([data-pick])')) return
    event.preventDefault()
    for (const field of fieldsOf(form)) field.dataset.touched = 'true'
    clearTimeout(typing)
    await update()
    if (document.activeElement === target) form.querySelector('[data-path][aria-invalid="true"]')?.focus()
  })
  // Other pages have something to copy from the start.
  finish(form, '')
  const fold = form.closest('details')
  fold.addEventListener('toggle', update, { once: true })
  // The fold above it that closes would take it out of sight.
  fold.firstElementChild.addEventListener('click', () => setTimeout(() => fold.scrollIntoView({ block: 'nearest' })))
  // A link that expires is made anew when it is sent.
  form.addEventListener('relink', ({ detail: { resolve } }) => resolve(update().then(() => linkOf(form))))
}

const linkOf = form => form.querySelector('[data-link]').value

/** The page has grown or shrunk, and its frame with it. */
function fit () {
  window.service.frame().then(frame => frame.fit()).catch(() => {}) // outside of a frame nothing has to fit
}

const fieldsOf = form => form.querySelectorAll('[data-path]:not(fieldset)')

/** The parameters as they were typed: what is empty is left out, and the server says whether it may be. */
function paramsOf (form) {
  const params = {}
  for (const field of fieldsOf(form)) {
    const value = valueOf(field)
    if (value === undefined) continue
    const path = JSON.parse(field.dataset.path)
    const last = path.pop()
    let into = params
    for (const name of path) into = into[name] ??= {}
    into[last] = value
  }
  return params
}

const reasonsOfFault = [
  ['valueMissing', 'required'],
  ['rangeUnderflow', 'range'],
  ['rangeOverflow', 'range'],
  ['tooShort', 'length'],
  ['tooLong', 'length'],
  ['patternMismatch', 'format']
]

/** What the browser can tell by itself: no need to ask the server about every letter. */
function faultsOf (form) {
  return [...fieldsOf(form)].flatMap(field => {
    const { valid, valueMissing } = validityOf(field)
    if (valid || (valueMissing && isSkipped(field))) return []
    const reason = reasonsOfFault.find(([fault]) => validityOf(field)[fault])?.[1] ?? 'type'
    return [{ parameter: JSON.parse(field.dataset.path).join('.'), reason }]
  })
}

/** No browser checks an input that is not typed into. */
function validityOf (field) {
  if (field.dataset.kind !== 'pick') return field.validity
  const valueMissing = 'required' in field.dataset && field.dataset.value === ''
  return { valid: !valueMissing, valueMissing }
}

/** A group that need not be there is not there while nothing in it is filled in. */
function isSkipped (field) {
  const group = field.closest('fieldset[data-kind="group"]')
  if (group === null || 'required' in group.dataset) return false
  return [...fieldsOf(group)].every(inner => valueOf(inner) === undefined)
}

function valueOf ({ dataset: { kind, required, value: picked, multiple }, type, value, checked, defaultChecked }) {
  if (kind === 'pick') return picked === '' ? undefined : multiple === undefined ? picked : picked.split(',')
  if (kind === 'checkbox') return checked || (required === undefined && !defaultChecked ? undefined : false)
  if (value.trim() === '') return undefined
  if (kind === 'lines') return value.split('\n').map(line => line.trim()).filter(Boolean)
  // A year of five digits is none.
  if (type === 'datetime-local') return Number.isNaN(Date.parse(value)) ? value : new Date(value).toISOString()
  if (kind === 'json') {
    try { return JSON.parse(value) } catch { return value }
  }
  return value
}

async function writeLink (form) {
  try {
    const response = await window.service.fetch('/api/links', {
      method: 'POST',
      signal: AbortSignal.timeout(30_000),
      body: { screen: form.dataset.screen, params: paramsOf(form) }
    })
    return await response.json()
  } catch {
    return { error: 'unavailable' }
  }
}

function show (form, { path = '', error, message, fields = [] }) {
  finish(form, path, true)
  form.querySelector('[data-unfinished]').hidden = !fields.some(({ reason }) => reason === 'required')
  const faults = new Map(fields.map(({ parameter, reason }) => [parameter, reason]))
  for (const field of fieldsOf(form)) {
    const names = JSON.parse(field.dataset.path).join('.')
    const own = [...faults.keys()].filter(parameter => parameter === names || parameter.startsWith(`${names}.`))
    const fault = field.dataset.touched && faults.get(own[0])
    for (const parameter of own) faults.delete(parameter)
    field.setAttribute('aria-invalid', String(Boolean(fault)))
    const line = field.closest('.field-block').querySelector('[data-fault]')
    line.hidden = !fault
    line.textContent = fault ? textOf(fault, field) : ''
  }
  const refusal = form.querySelector('[data-error]')
  refusal.textContent = error === undefined ? '' : generalText(form, { error, message, fields, rest: [...faults] })
  refusal.hidden = refusal.textContent === ''
  fit()
}

/** A number that is out of range is told its limits, where its field has some. */
function textOf (reason, { min, max } = {}) {
  if (reason !== 'range' || !(min || max)) return texts[reason] ?? texts.type
  const text = min && max ? texts.fromTo : min ? texts.atLeast : texts.atMost
  return text.replace('{min}', min).replace('{max}', max)
}

/** What belongs to no field: a link that is too long, an expired session, an empty group. */
function generalText (form, { error, message = '', fields, rest }) {
  const isTouched = form.querySelector('[data-touched]') !== null
  const restTexts = rest.map(([parameter, reason]) =>
    texts.labelled.replace('{value}', () => textOf(reason)).replace('{label}', () => labelOf(form, parameter)))
  if (fields.length > 0) return isTouched ? restTexts.join('\n') : ''
  if (message.includes('longer than')) return texts.link
  const text = texts[error] ?? texts.unavailable
  return message ? `${text} (${message})` : text
}

/** A group is called by its legend. */
function labelOf (form, parameter) {
  const groups = [...form.querySelectorAll('fieldset[data-path]')]
  const group = groups.find(({ dataset: { path } }) => JSON.parse(path).join('.') === parameter)
  return group?.querySelector('legend').textContent ?? parameter
}

/** Shows a link, or that there is none (yet). */
function finish (form, path, isSettled = false) {
  form.querySelector('[data-link]').value = path
  form.querySelector('[data-copy]').disabled = path === ''
  form.dispatchEvent(new CustomEvent('linked', { detail: { path, isSettled } }))
}
