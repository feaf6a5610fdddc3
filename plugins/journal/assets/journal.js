// The journal on the home: loads its entries when it is opened, page by page.

const journal = document.querySelector('[data-journal]')
const form = journal.querySelector('form')
const table = journal.querySelector('table')
const more = journal.querySelector('[data-more]')
const [failed, none] = [journal.querySelector('[data-failed]'), journal.querySelector('[data-none]')]
const template = journal.querySelector('template')

const { lang } = document.documentElement
const timeFormat = new Intl.DateTimeFormat(lang, { dateStyle: 'short', timeStyle: 'medium' })
/** The sign of a unit from its narrow form, `226B`, with the space of the short one, `226 byte`: `226 B`. */
function unit (unit, maximumFractionDigits) {
  const [narrow, short] = ['narrow', 'short'].map(unitDisplay =>
    new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay, maximumFractionDigits }))
  const sign = number => narrow.formatToParts(number).filter(({ type }) => type === 'unit').map(({ value }) => value)
  return number => short.formatToParts(number).map(({ type, value }) => type === 'unit' ? sign(number) : value).join('')
}
const [milliseconds, seconds] = [unit('millisecond', 0), unit('second', 1)]
const [bytes, kilobytes] = [unit('byte', 0), unit('kilobyte', 1)]
const durationOf = ms => ms < 1000 ? milliseconds(ms) : seconds(ms / 1000)
const sizeOf = size => size < 1000 ? bytes(size) : kilobytes(size / 1000)

/** Enough for a line. */
const firstOf = methods => [...methods.slice(0, 2), ...(methods.length > 2 ? ['…'] : [])].join(', ')

let asked = 0

/** Shows the first page of what the form asks for, or the page behind another. */
async function load (after) {
  const number = ++asked
  const search = new URLSearchParams(after && { after })
  for (const [name, value] of new FormData(form)) {
    if (value.trim() !== '') search.set(name, name === 'until' ? Date.parse(value) : value.trim())
  }
  const page = await read(`/api/journal?${search}`)
  // Only the answer to what was asked last counts.
  if (number !== asked) return
  failed.hidden = page !== undefined
  if (page === undefined) return fit()
  const body = table.tBodies[0]
  const rows = page.entries.map(rowOf)
  if (after) body.append(...rows)
  else body.replaceChildren(...rows)
  table.hidden = body.rows.length === 0
  none.hidden = !table.hidden
  more.hidden = page.next === undefined
  more.dataset.next = page.next ?? ''
  fit()
}

async function read (path) {
  try {
    const answer = await window.service.fetch(path)
    return answer.ok ? await answer.json() : undefined
  } catch {
    return undefined
  }
}

function rowOf (entry) {
  const { at, kind, method, methods, params, userId, requestId, status, code, sent, received, ms } = entry
  const row = template.content.firstElementChild.cloneNode(true)
  const part = selector => row.querySelector(selector)
  part('[data-method]').textContent = methods.length === 0 ? method : `${method}: ${firstOf(methods)}`
  const details = { params, user: userId === 0 ? '' : `ID ${userId}`, requestId }
  for (const [name, text] of Object.entries(details)) {
    const line = part(`[data-of="${name}"]`)
    line.querySelector('code').textContent = text
    if (text === '') line.remove()
  }
  const time = part('time')
  time.dateTime = new Date(at).toISOString()
  time.textContent = timeFormat.format(at)
  const badge = part('[data-status]')
  badge.textContent = status === 0 ? badge.dataset.noAnswer : String(status)
  badge.classList.add(code === '' ? 'badge-bound' : 'badge-skipped')
  part('[data-code]').textContent = code === 'unavailable' ? '' : code
  part('[data-ms]').textContent = durationOf(ms)
  part('[data-size]').textContent = kind === 'event' ? `– / ${sizeOf(received)}` : `${sizeOf(sent)} / ${sizeOf(received)}`
  return row
}

/** The page has grown or shrunk, and its frame with it. */
function fit () {
  window.service.frame().then(frame => frame.fit()).catch(() => {}) // outside of a frame nothing has to fit
}

form.addEventListener('submit', event => {
  event.preventDefault()
  load()
})
more.addEventListener('click', () => load(more.dataset.next))
// The event does not bubble.
journal.addEventListener('toggle', ({ target }) => {
  if (target === journal && journal.open) load()
  else fit()
}, true)
