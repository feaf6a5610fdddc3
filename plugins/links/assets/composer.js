// The composer: turns what is typed into a link, which the server writes from the same schema, and sends it as the
// current user. One file, because the address that it is loaded by changes with its content.

const composer = document.querySelector('[data-composer]')
const texts = JSON.parse(composer.dataset.texts)
const base = document.querySelector('meta[name="base"]')?.content ?? ''
const session = document.querySelector('meta[name="page-session"]').content

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
    if (!target.matches('[data-path]')) return
    target.dataset.touched = 'true'
    await released
    if (faultsOf(form).length > 0) update()
  }
  form.addEventListener('focusout', leave)
  form.addEventListener('change', leave)
  form.addEventListener('keydown', async event => {
    const { key, target, isComposing } = event
    if (key !== 'Enter' || isComposing || !target.matches('input[data-path]')) return
    event.preventDefault()
    for (const field of fieldsOf(form)) field.dataset.touched = 'true'
    clearTimeout(typing)
    await update()
    if (document.activeElement === target) form.querySelector('[data-path][aria-invalid="true"]')?.focus()
  })
  const fold = form.closest('details')
  fold.addEventListener('toggle', update, { once: true })
  for (const button of form.querySelectorAll('[data-send]')) button.addEventListener('click', () => send(form, button))
  form.querySelector('[data-choose-person]')?.addEventListener('click', async ({ target }) => {
    const person = await (await window.service.frame()).selectUser()
    if (person) target.parentElement.querySelector('[data-target]').value = person.id
  })
}

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
    const { valid, valueMissing } = field.validity
    if (valid || (valueMissing && isSkipped(field))) return []
    const reason = reasonsOfFault.find(([fault]) => field.validity[fault])?.[1] ?? 'type'
    return [{ parameter: JSON.parse(field.dataset.path).join('.'), reason }]
  })
}

/** A group that need not be there is not there while nothing in it is filled in. */
function isSkipped (field) {
  const group = field.closest('fieldset[data-kind="group"]')
  if (group === null || 'required' in group.dataset) return false
  return [...fieldsOf(group)].every(inner => valueOf(inner) === undefined)
}

function valueOf ({ dataset: { kind, required }, type, value, checked, defaultChecked }) {
  if (kind === 'checkbox') return checked || (required === undefined && !defaultChecked ? undefined : false)
  if (value.trim() === '') return undefined
  if (kind === 'lines') return value.split('\n').map(line => line.trim()).filter(Boolean)
  if (type === 'datetime-local') return new Date(value).toISOString()
  if (kind === 'json') {
    try { return JSON.parse(value) } catch { return value }
  }
  return value
}

async function writeLink (form) {
  try {
    const response = await fetch(`${base}/api/links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${session}` },
      body: JSON.stringify({ screen: form.dataset.screen, params: paramsOf(form) })
    })
    return await response.json()
  } catch {
    return { error: 'unavailable' }
  }
}

function show (form, { path = '', error, message, fields = [] }) {
  finish(form, path)
  form.querySelector('[data-unfinished]').hidden = !fields.some(({ reason }) => reason === 'required')
  const faults = new Map(fields.map(({ parameter, reason }) => [parameter, reason]))
  for (const field of fieldsOf(form)) {
    const names = JSON.parse(field.dataset.path).join('.')
    const own = [...faults.keys()].filter(parameter => parameter === names || parameter.startsWith(`${names}.`))
    const fault = field.dataset.touched && faults.get(own[0])
    for (const parameter of own) faults.delete(parameter)
    field.setAttribute('aria-invalid', String(Boolean(fault)))
    const line = field.parentElement.querySelector('[data-fault]')
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

/** What belongs to no field: a link that is too long, an expired session, a group of which nothing is filled in. */
function generalText (form, { error, message = '', fields, rest }) {
  const isTouched = form.querySelector('[data-touched]') !== null
  const restTexts = rest.map(([parameter, reason]) => `${parameter}: ${textOf(reason)}`)
  if (fields.length > 0) return isTouched ? restTexts.join(' ') : ''
  const text = message.includes('longer than') ? texts.length : texts[error] ?? texts.unavailable
  return message ? `${text} (${message})` : text
}

/** Shows a link, or that there is none. */
function finish (form, path) {
  const output = form.querySelector('[data-link]')
  output.value = path
  form.querySelector('[data-copy]').disabled = path === ''
  form.querySelector('.send').disabled = path === ''
  form.querySelector('[data-sent]').textContent = ''
}

async function send (form, button) {
  if (button.getAttribute('aria-disabled') === 'true') return
  const target = button.parentElement.querySelector('[data-target]')
  if (target && target.value === '') return target.focus()
  // Typing may go on while this is sent.
  const link = form.querySelector('[data-link]').value
  const title = form.querySelector('[data-text]').value || link
  const status = form.querySelector('[data-sent]')
  // A button that is really disabled loses the focus.
  const setSending = isSending => {
    for (const other of form.querySelectorAll('[data-send]')) other.setAttribute('aria-disabled', String(isSending))
  }
  setSending(true)
  status.textContent = texts.sending
  try {
    const { call } = await window.service.frame()
    const [method, params] = callOf(button.dataset.send, {
      title,
      message: `[URL=${link}]${title}[/URL]`,
      target: target?.value,
      userId: composer.dataset.sender
    })
    await call(method, params)
    status.textContent = texts.sent
  } catch (error) {
    status.textContent = `${texts.notSent} ${whyNotSent(error)}`
  }
  setSending(false)
  fit()
}

const reasons = {
  QUERY_LIMIT_EXCEEDED: 'busy',
  OPERATION_TIME_LIMIT: 'busy',
  OVERLOAD_LIMIT: 'busy',
  PAYMENT_REQUIRED: 'unpaid',
  ACCESS_DENIED: 'denied',
  ACCESS_ERROR: 'denied',
  insufficient_scope: 'denied',
  user_access_error: 'denied'
}

/** The portal's own words, which may be in another language and hold tags, only where there is no text of ours. */
function whyNotSent ({ code, status, message = '' }) {
  const reason = reasons[code]
  if (reason !== undefined) return texts[reason]
  // A broken connection, a frame that does not answer, and what is no answer of the portal.
  const isUnavailable = !(status < 500) || status === 0 || code === 'BAD_ANSWER'
  if (isUnavailable) return texts.portalUnavailable
  const { body } = new window.DOMParser().parseFromString(message, 'text/html')
  const words = body.textContent.trim()
  return words ? `${texts.refused} (${words})` : texts.refused
}

function callOf (channel, { title, message, target, userId }) {
  const hour = 3_600_000
  return {
    chat: ['im.message.add', { DIALOG_ID: target, MESSAGE: message }],
    feed: ['log.blogpost.add', { POST_TITLE: title, POST_MESSAGE: message }],
    task: ['task.commentitem.add', { TASKID: target, FIELDS: { POST_MESSAGE: message } }],
    calendar: ['calendar.event.add', {
      type: 'user',
      ownerId: userId,
      name: title,
      description: message,
      from: target,
      to: target && localTime(new Date(new Date(target).getTime() + hour))
    }]
  }[channel]
}

/** As an input of the type datetime-local writes it. */
function localTime (date) {
  const two = number => String(number).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
