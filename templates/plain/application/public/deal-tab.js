const byId = id => document.getElementById(id)
const [form, text, save, saved, unsaved] = ['form', 'text', 'save', 'saved', 'unsaved'].map(byId)
const list = document.querySelector('.comments')
const times = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })

/** Calls our own route as the user, with the session of this page. */
async function call (options) {
  const answer = await window.service.fetch(form.dataset.path, { asUser: true, ...options })
  if (!answer.ok) throw new Error(String(answer.status))
  return await answer.json()
}

function show (state) {
  for (const part of document.querySelectorAll('[data-state]')) part.hidden = part.dataset.state !== state
  // The page may be higher than before.
  window.service.frame().then(frame => frame.fit()).catch(() => {})
}

function row ({ text, author, createdAt }) {
  const item = byId('comment').content.cloneNode(true)
  const [words, name] = item.querySelectorAll('bdi')
  const time = item.querySelector('time')
  words.textContent = text
  name.textContent = author
  time.dateTime = createdAt
  // Intl throws at what is no time.
  if (!Number.isNaN(Date.parse(createdAt))) time.textContent = times.format(new Date(createdAt))
  return item
}

async function read () {
  try {
    const comments = await call()
    list.replaceChildren(...comments.map(row))
    show(comments.length > 0 ? 'ready' : 'empty')
  } catch {
    show('failed')
  }
}

async function write () {
  save.disabled = true
  saved.textContent = unsaved.textContent = ''
  try {
    await call({ method: 'POST', body: { text: text.value } })
    text.value = ''
    saved.textContent = saved.dataset.text
    await read()
  } catch {
    unsaved.textContent = unsaved.dataset.text
    save.disabled = false
  }
  // A disabled button has lost the focus.
  text.focus()
}

text.addEventListener('input', () => {
  save.disabled = text.value.trim() === ''
  saved.textContent = ''
})
form.addEventListener('submit', event => {
  event.preventDefault()
  write()
})
byId('retry').addEventListener('click', () => {
  show('loading')
  read()
})
read()
