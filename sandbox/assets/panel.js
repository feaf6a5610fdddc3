// The panel: switches that send changes to the sandbox, and the messages on the wire as they come.
(() => {
  const $ = id => document.getElementById(id)
  const troubles = [...document.querySelectorAll('.trouble')]
  const entries = new Map()
  let state = { trouble: {}, since: {}, renamed: false, installed: false }

  function element (tag, className, ...children) {
    const made = document.createElement(tag)
    if (className) made.className = className
    made.append(...children)
    return made
  }

  const isOn = ({ dataset: { name, value } }) => {
    if (name === 'rename') return state.renamed
    if (name.endsWith('Delay')) return state.trouble[name] > 0
    return state.trouble[name] === value
  }

  const answerOf = ({ status, outcome, ms }) => [status, outcome, ms === undefined ? undefined : `${ms} ms`].filter(part => part !== undefined).join(' · ') || 'no answer yet'

  /** What has come over the wire since a switch was moved, and has to do with it, stands below it. */
  function showEffects () {
    for (const trouble of troubles) {
      const { name } = trouble.dataset
      const list = trouble.querySelector('.effects')
      list.hidden = name === 'uninstall' ? !(name in state.since) : !isOn(trouble)
      if (list.hidden) continue
      const later = [...entries.values()].filter(({ id, troubles }) => id > (state.since[name] ?? 0) && troubles.includes(name)).slice(-6).reverse()
      list.replaceChildren(...later.map(entry => element('li', '', `${entry.from} → ${entry.to}: ${entry.name ?? entry.path}: ${answerOf(entry)}`)))
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

  async function attempt (action) {
    try {
      $('notice').textContent = (await action()) ?? ''
      state = await ask('GET', 'state')
    } catch (error) {
      $('notice').textContent = error.message
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
    attempt(async () => {
      if (name === 'rename') return follow((await ask(checked ? 'POST' : 'DELETE', 'rename')).url)
      const off = delay ? 0 : 'none'
      await ask('PATCH', 'trouble', { [name]: checked ? (delay ? delay.valueAsNumber : value) : off })
    })
  })

  $('all-well').addEventListener('click', () => attempt(async () => {
    await ask('DELETE', 'trouble')
    follow((await ask('DELETE', 'rename')).url)
    return 'All is well again.'
  }))

  $('uninstall').addEventListener('click', () => attempt(async () => {
    await ask('POST', 'uninstall')
    return 'The application is removed.'
  }))

  function details (entry) {
    const list = element('dl')
    for (const [name, value] of Object.entries(entry.fields)) list.append(element('dt', '', name), element('dd', '', value))
    return element('details', '', element('summary', '', `Fields: ${Object.keys(entry.fields).length}`), list)
  }

  function again (entry) {
    if (entry.from !== 'portal') return []
    const replay = element('button', 'action', 'Replay')
    replay.type = 'button'
    replay.setAttribute('aria-label', `Replay ${entry.name ?? entry.path}, message ${entry.id}`)
    replay.addEventListener('click', () => attempt(async () => {
      const { status, outcome } = await ask('POST', `wire/${entry.id}/replay`)
      return `Sent again: ${status} ${outcome}`
    }))
    const save = element('a', 'action', 'Save')
    save.href = `/sandbox/api/wire/${entry.id}/save`
    save.setAttribute('aria-label', `Save ${entry.name ?? entry.path}, message ${entry.id}`)
    return [element('div', 'again', replay, save)]
  }

  function rowOf (entry) {
    const row = element('tr')
    const time = element('time', '', new Date(entry.at).toLocaleTimeString('en-GB'))
    time.dateTime = new Date(entry.at).toISOString()
    row.append(element('td', '', time), element('td'), element('td'), element('td', '', ...again(entry)))
    row.children[1].append(element('span', 'direction', `${entry.from} → ${entry.to}`), element('span', 'name'), ` ${entry.method} `, element('code', '', entry.path), details(entry))
    $('entries').prepend(row)
    return row
  }

  /** Only what may change later; what somebody has opened or focused stays. */
  function update (row, entry) {
    row.querySelector('.name').textContent = entry.name ?? ''
    const answer = row.children[2]
    answer.replaceChildren()
    if (entry.status !== undefined) answer.append(element('span', entry.status < 400 ? 'status' : 'status bad', entry.status), ' ')
    if (entry.ms !== undefined) answer.append(`${entry.ms} ms`)
    if (entry.outcome !== undefined) answer.append(element('span', 'outcome', entry.outcome))
  }

  const rows = new Map()
  const source = new window.EventSource('/sandbox/api/wire/events')
  source.addEventListener('open', () => { $('connection').textContent = 'live' })
  source.addEventListener('error', () => { $('connection').textContent = 'The sandbox does not answer; trying again…' })
  source.addEventListener('entry', event => {
    const entry = JSON.parse(event.data)
    entries.set(entry.id, entry)
    if (!rows.has(entry.id)) rows.set(entry.id, rowOf(entry))
    update(rows.get(entry.id), entry)
    $('silence').hidden = true
    showEffects()
  })

  window.addEventListener('focus', () => attempt(async () => $('notice').textContent))
  attempt(async () => '')
})()
