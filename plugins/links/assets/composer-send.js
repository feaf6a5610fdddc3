// Sends the link of the composer as the current user: to one place, chosen first.

const composer = document.querySelector('[data-composer]')
const texts = JSON.parse(composer.dataset.texts)
const { sender } = composer.dataset
for (const form of composer.querySelectorAll('form')) prepareSending(form)

function prepareSending (form) {
  const part = form.querySelector('.send')
  const text = form.querySelector('[data-text]')
  form.addEventListener('linked', ({ detail: { path, isSettled } }) => {
    const isNew = part.hidden && path !== ''
    part.disabled = path === ''
    if (path !== '') part.hidden = false
    else if (isSettled) part.hidden = true
    if (!text.dataset.touched) text.value = suggestion(form)
    suggestReceiver(form)
    if (!part.dataset.sending) form.querySelector('[data-sent]').replaceChildren()
    // Whoever picks is not typing: what comes next may move into view.
    if (isNew && document.activeElement.matches('[data-pick]')) showWhole(part)
  })
  for (const radio of form.querySelectorAll('[name="channel"]')) {
    radio.addEventListener('change', () => showChannel(form, radio.value))
  }
  const first = form.querySelector('[name="channel"]')
  if (first) {
    first.checked = true
    showChannel(form, first.value)
  }
  form.querySelector('[data-send]').addEventListener('click', () => send(form, part))
  part.addEventListener('input', ({ target }) => {
    target.dataset.touched = 'true'
    setFault(target.closest('.field-block'), '')
  })
}

const picked = '[data-pick="user"][data-path][data-touched]:not([data-value=""])'

/** The first person picked for the link receives it, unless somebody else is chosen. */
function suggestReceiver (form) {
  const receiver = form.querySelector('.send [data-pick]')
  const person = form.querySelector(picked)
  if (!receiver || receiver.dataset.touched || person?.dataset.value.includes(',')) return
  receiver.dataset.value = person?.dataset.value ?? ''
  receiver.value = person?.value ?? ''
  if (person) setFault(receiver.closest('.field-block'), '')
}

/** At once where the page scrolls itself, else as soon as the portal has made its frame higher. */
function showWhole (part) {
  const scroll = () => part.scrollIntoView({ block: 'nearest' })
  scroll()
  window.addEventListener('resize', scroll, { once: true, signal: AbortSignal.timeout(2000) })
}

const filled = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name])

/** The title of the page, and what was filled in first. */
function suggestion (form) {
  const field = [...form.querySelectorAll('[data-path]:not(fieldset)')].find(({ type, value }) =>
    type !== 'checkbox' && value !== '')
  const value = field?.selectedOptions?.[0].text ?? field?.value ?? ''
  const { title } = form.dataset
  return (value === '' ? title : filled(texts.labelled, { label: title, value: value.split('\n')[0] })).slice(0, 200)
}

function showChannel (form, name) {
  for (const block of form.querySelectorAll('[data-channel]')) block.hidden = block.dataset.channel !== name
  fitFrame()
}

function fitFrame () {
  window.service.frame().then(frame => frame.fit()).catch(() => {}) // outside of a frame nothing has to fit
}

function setFault (block, text) {
  const line = block?.querySelector('[data-fault]')
  if (!line) return
  line.textContent = text
  line.hidden = text === ''
  block.querySelector('[data-target], [data-pick]').setAttribute('aria-invalid', String(text !== ''))
  fitFrame()
}

/** Where the link goes: its id, and its name for people; null, and a fault beside the field, for nothing or no time. */
function targetOf (form, channel) {
  if (channel === 'feed') return { id: undefined, name: texts.feed }
  const block = form.querySelector(`[data-channel="${channel}"]`)
  const field = block.querySelector('[data-target], [data-pick]')
  const id = field.dataset.value ?? field.value
  const isNoTime = channel === 'calendar' && Number.isNaN(Date.parse(id))
  if (id === '' || isNoTime) {
    setFault(block, id === '' ? texts.required : texts.format)
    field.focus()
    return null
  }
  return { id, name: channel === 'calendar' ? texts.calendar : field.selectedOptions?.[0].text ?? field.value }
}

async function send (form, part) {
  if (part.dataset.sending) return
  const channel = form.querySelector('[name="channel"]:checked').value
  const status = form.querySelector('[data-sent]')
  status.replaceChildren()
  const target = targetOf(form, channel)
  if (target === null) return
  const button = form.querySelector('[data-send]')
  // A disabled button loses the focus.
  const setSending = isSending => {
    part.dataset.sending = isSending ? 'true' : ''
    button.setAttribute('aria-disabled', String(isSending))
  }
  setSending(true)
  status.textContent = texts.sending
  try {
    const link = await linkToSend(form)
    const title = form.querySelector('[data-text]').value.trim() || link
    const { call, origin } = await window.service.frame()
    const message = `[URL=${link}]${asPlain(title)}[/URL]`
    const [method, params] = callOf(channel, { title, message, target: target.id })
    const path = pathOf(channel, target.id, await call(method, params))
    status.replaceChildren(...sentTo(target.name, new URL(path, origin).href))
  } catch (error) {
    status.textContent = filled(texts.sentences, { first: texts.notSent, next: error.reason ?? whyNotSent(error) })
  }
  setSending(false)
  fitFrame()
  showWhole(part)
}

/** The name of a chat or person may be in it, and must not become a link of its own. */
const asPlain = text => text.replaceAll('[', '\uff3b').replaceAll(']', '\uff3d')

/** One that expires is made anew, so that it is good for its whole time. */
async function linkToSend (form) {
  const present = form.querySelector('[data-link]').value
  if (!('expires' in form.dataset)) return present
  const link = await new Promise(resolve => form.dispatchEvent(new CustomEvent('relink', { detail: { resolve } })))
  if (link === '') throw Object.assign(new Error(), { reason: form.querySelector('[data-error]').textContent })
  return link
}

function sentTo (name, href) {
  const link = Object.assign(document.createElement('a'), { href, textContent: name, target: '_blank', rel: 'noopener' })
  const [before, after] = texts.sentTo.split('{name}')
  return [before, link, after]
}

const reasons = new Map(Object.entries({
  QUERY_LIMIT_EXCEEDED: 'busy',
  OPERATION_TIME_LIMIT: 'busy',
  OVERLOAD_LIMIT: 'busy',
  PAYMENT_REQUIRED: 'unpaid',
  ACCESS_DENIED: 'denied',
  ACCESS_ERROR: 'denied',
  insufficient_scope: 'denied',
  user_access_error: 'denied'
}))

/** The portal's own words, which may be in another language and hold tags, only where there is no text of ours. */
function whyNotSent ({ code, status, message = '' }) {
  const reason = reasons.get(code)
  if (reason !== undefined) return texts[reason]
  // A broken connection, a frame that does not answer, and what is no answer of the portal.
  const isUnavailable = !(status < 500) || status === 0 || code === 'BAD_ANSWER'
  if (isUnavailable) return texts.portalUnavailable
  const { body } = new window.DOMParser().parseFromString(message, 'text/html')
  const words = body.textContent.trim()
  return words ? `${texts.refused} (${words})` : texts.refused
}

function callOf (channel, { title, message, target }) {
  const hour = 3_600_000
  const toDialog = ['im.message.add', { DIALOG_ID: target, MESSAGE: message }]
  return {
    person: toDialog,
    chat: toDialog,
    feed: ['log.blogpost.add', { POST_TITLE: title, POST_MESSAGE: message, DEST: ['UA'] }],
    task: ['task.commentitem.add', { TASKID: target, FIELDS: { POST_MESSAGE: message } }],
    calendar: ['calendar.event.add', {
      type: 'user',
      ownerId: sender,
      name: title,
      description: message,
      from: target,
      to: target && localTime(new Date(new Date(target).getTime() + hour))
    }]
  }[channel]
}

/** The page of the portal on which it can be seen. */
const pathOf = (channel, target, id) => ({
  person: `/online/?IM_DIALOG=${target}`,
  chat: `/online/?IM_DIALOG=${target}`,
  feed: `/company/personal/user/${sender}/blog/${id}/`,
  task: `/company/personal/user/${sender}/tasks/task/view/${target}/`,
  calendar: `/company/personal/user/${sender}/calendar/?EVENT_ID=${id}`
})[channel]

/** As an input of the type datetime-local writes it. */
function localTime (date) {
  const two = number => String(number).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
