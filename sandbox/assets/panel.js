// The panel: switches that send changes to the sandbox, what came of them, and the messages on the wire as they come.
import { element } from './panel-element.js'
import { breakable, groupsOf, WireRows } from './panel-rows.js'

const $ = id => document.getElementById(id)
const troubles = [...document.querySelectorAll('.trouble')]
let state = { trouble: {}, since: {}, renamed: false, installed: false }

const isOn = ({ dataset: { name, value } }) => {
  if (name === 'rename') return state.renamed
  if (name.endsWith('Delay')) return state.trouble[name] > 0
  return state.trouble[name] === value
}

const answerOf = ({ status, outcome, ms }) => [status, outcome,
  ms === undefined ? undefined : `${ms} ms`].filter(part => part !== undefined).join(' · ') || 'no answer yet'

/** What has come over the wire since a switch was moved, and has to do with it, stands below it. */
function showEffects () {
  for (const trouble of troubles) {
    const { name } = trouble.dataset
    const list = trouble.querySelector('.effects')
    list.hidden = name === 'uninstall' ? !(name in state.since) : !isOn(trouble)
    if (list.hidden) continue
    const later = rows.entries.filter(({ id, troubles }) => id > (state.since[name] ?? 0) && troubles.includes(name))
    list.replaceChildren(...groupsOf(later).slice(-6).reverse().map(group => {
      const { from, to, name, path, ...answer } = group.at(-1)
      const times = group.length === 1 ? '' : ` · ${group.length} times`
      return element('li', '', ...breakable(`${from} → ${to}: ${name ?? path}: ${answerOf(answer)}${times}`))
    }))
    if (later.length === 0) list.append(element('li', '', 'Nothing has come over the wire since then.'))
  }
}

function show () {
  for (const trouble of troubles) {
    const { name } = trouble.dataset
    const box = trouble.querySelector('[role="switch"]')
    if (box) box.checked = isOn(trouble)
    const delay = trouble.querySelector('[type="number"]')
    if (delay && isOn(trouble)) delay.value = state.trouble[name]
  }
  $('uninstall').disabled = !state.installed
  $('uninstall').textContent = state.installed ? 'Remove the application now' : 'The application is not installed'
  showEffects()
}

async function ask (method, path, body) {
  const response = await fetch(`/sandbox/api/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error_description ?? answer.outcome)
  return answer
}

let fading
function say (text) {
  $('notice').textContent = text
  clearTimeout(fading)
  fading = setTimeout(say, 10_000, '')
}

async function attempt (action) {
  try {
    say((await action()) ?? '')
    state = await ask('GET', 'state')
  } catch (error) {
    say(error.message)
  }
  show()
}

/** The page goes with the portal to its other address. */
function follow (url) {
  const address = new URL(window.location.href)
  address.port = new URL(url).port
  if (address.port !== window.location.port) window.location.assign(address)
}

document.addEventListener('change', event => {
  const trouble = event.target.closest('.trouble')
  if (!trouble) return
  const { name, value } = trouble.dataset
  const { checked } = trouble.querySelector('[role="switch"]')
  const delay = trouble.querySelector('[type="number"]')
  if (event.target === delay && !checked) return
  if (checked && delay?.reportValidity() === false) return show()
  attempt(async () => {
    if (name === 'rename') return follow((await ask(checked ? 'POST' : 'DELETE', 'rename')).url)
    const off = delay ? 0 : 'none'
    await ask('PATCH', 'trouble', { [name]: checked ? (delay ? delay.valueAsNumber : value) : off })
  })
})

$('all-well').addEventListener('click', () => attempt(async () => {
  await ask('DELETE', 'trouble')
  follow((await ask('DELETE', 'rename')).url)
  return 'There is no fault any more.'
}))

$('uninstall').addEventListener('click', () => {
  if (!window.confirm('Remove the application from this portal? What it has bound goes with it.')) return
  attempt(async () => {
    await ask('POST', 'uninstall')
    return 'The application is removed.'
  })
})

function replay ({ id }) {
  attempt(async () => {
    const { status, outcome } = await ask('POST', `wire/${id}/replay`)
    return `Sent again: ${status} ${outcome}`
  })
}

// A page of the application opens beside the wire.
document.querySelector('.pages').addEventListener('click', ({ target }) => {
  for (const link of document.querySelectorAll('.pages [aria-current]')) link.removeAttribute('aria-current')
  target.closest('a')?.setAttribute('aria-current', 'true')
  $('nothing').hidden = true
  $('effect').hidden = false
})

const rows = new WireRows($('entries'), replay)
const source = new window.EventSource('/sandbox/api/wire/events')
let run

source.addEventListener('open', () => { $('connection').textContent = 'live' })
source.addEventListener('error', () => { $('connection').textContent = 'The sandbox does not answer; trying again…' })
// After a restart on the same port the numbers of the messages begin anew.
source.addEventListener('run', ({ data }) => {
  if (run !== undefined && run !== data) {
    rows.clear()
    attempt(async () => 'The sandbox was started again.')
  }
  run = data
})
source.addEventListener('entry', ({ data }) => {
  rows.put(JSON.parse(data))
  $('silence').hidden = true
  showEffects()
})

window.addEventListener('focus', () => attempt(async () => $('notice').textContent))
attempt(async () => '')
