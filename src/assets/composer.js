// The composer: turns what is typed into a link, written by the server from the same schema, and sends it as the current user.
// One file, because the address that it is loaded by changes with its content.

/* global b24 */

const composer = document.querySelector('[data-composer]')
const texts = JSON.parse(composer.dataset.texts)
const session = document.querySelector('meta[name="page-session"]').content

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
  form.addEventListener('submit', event => {
    event.preventDefault()
    for (const field of fieldsOf(form)) field.dataset.touched = 'true'
    update()
  })
  const fold = form.closest('details')
  fold.addEventListener('toggle', update, { once: true })
  fold.addEventListener('toggle', fit)
  for (const button of form.querySelectorAll('[data-send]')) button.addEventListener('click', () => send(form, button))
  form.querySelector('[data-choose-person]')?.addEventListener('click', async ({ target }) => {
    const person = await (await b24()).dialog.selectUser()
    if (person) target.parentElement.querySelector('[data-target]').value = person.id
  })
}

/** The page has grown or shrunk, and its frame with it. */
function fit () {
  b24().then(frame => frame.parent.fitWindow()).catch(() => {}) // outside of a frame nothing has to fit
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

/** What the browser can tell by itself: no need to ask the server about every letter. */
function faultsOf (form) {
  return [...fieldsOf(form)].flatMap(field => {
    const { valueMissing, rangeUnderflow, rangeOverflow, tooShort, tooLong, patternMismatch, valid } = field.validity
    if (valid || (valueMissing && isLeftOut(field))) return []
    const reason = valueMissing ? 'required' : rangeUnderflow || rangeOverflow ? 'range' : tooShort || tooLong ? 'length' : patternMismatch ? 'format' : 'type'
    return [{ parameter: JSON.parse(field.dataset.path).join('.'), reason }]
  })
}

/** A group that need not be there is not there while nothing in it is filled in. */
function isLeftOut (field) {
  const group = field.closest('fieldset[data-kind="group"]')
  return group !== null && !('required' in group.dataset) && [...fieldsOf(group)].every(inner => valueOf(inner) === undefined)
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
    const response = await fetch('/api/links', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${session}` },
      body: JSON.stringify({ screen: form.dataset.screen, params: paramsOf(form) })
    })
    return await response.json()
  } catch {
    return { error: 'silent' }
  }
}

function show (form, { path = '', error, message, fields = [] }) {
  finish(form, path)
  const faults = new Map(fields.map(({ parameter, reason }) => [parameter, texts[reason] ?? texts.type]))
  for (const field of fieldsOf(form)) {
    const names = JSON.parse(field.dataset.path).join('.')
    const own = [...faults.keys()].filter(parameter => parameter === names || parameter.startsWith(`${names}.`))
    const fault = field.dataset.touched && faults.get(own[0])
    for (const parameter of own) faults.delete(parameter)
    field.setAttribute('aria-invalid', String(Boolean(fault)))
    const line = field.parentElement.querySelector('[data-fault]')
    line.hidden = !fault
    line.textContent = fault ?? ''
  }
  const refusal = form.querySelector('[data-refusal]')
  refusal.textContent = error === undefined ? '' : generalText(form, { error, message, fields, rest: [...faults] })
  refusal.hidden = refusal.textContent === ''
  fit()
}

/** What belongs to no field: a link that is too long, an expired session, a group of which nothing is filled in. */
function generalText (form, { error, message = '', fields, rest }) {
  const isTouched = form.querySelector('[data-touched]') !== null
  if (fields.length > 0) return isTouched ? rest.map(([parameter, text]) => `${parameter}: ${text}`).join(' ') : ''
  const text = message.includes('longer than') ? texts.length : texts[error] ?? texts.silent
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
  const row = button.parentElement
  const target = row.querySelector('[data-target]')
  if (target && target.value === '') return target.focus()
  // Whoever goes on typing while this is sent sends what was there.
  const link = form.querySelector('[data-link]').value
  const title = form.querySelector('[data-text]').value || link
  const status = form.querySelector('[data-sent]')
  button.disabled = true
  try {
    const frame = await b24()
    const answer = await frame.actions.v2.call.make(callOf(button.dataset.send, {
      title,
      message: `[URL=${link}]${title}[/URL]`,
      target: target?.value,
      userId: composer.dataset.sender
    }))
    if (!answer.isSuccess) throw new Error(answer.getErrorMessages().join(' '))
    status.textContent = texts.sent
  } catch (error) {
    status.textContent = `${texts.notSent} ${error.message}`
  }
  button.disabled = false
}

function callOf (channel, { title, message, target, userId }) {
  const hour = 3_600_000
  return {
    chat: { method: 'im.message.add', params: { DIALOG_ID: target, MESSAGE: message } },
    feed: { method: 'log.blogpost.add', params: { POST_TITLE: title, POST_MESSAGE: message } },
    task: { method: 'task.commentitem.add', params: { TASKID: target, FIELDS: { POST_MESSAGE: message } } },
    calendar: {
      method: 'calendar.event.add',
      params: {
        type: 'user',
        ownerId: userId,
        name: title,
        description: message,
        from: target,
        to: target && localTime(new Date(new Date(target).getTime() + hour))
      }
    }
  }[channel]
}

/** As an input of the type datetime-local writes it. */
function localTime (date) {
  const two = number => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}
