// The messages on the wire, the newest on top.
import { element } from './panel-element.js'

/** As many as the sandbox itself keeps. */
const MOST = 1000

/** What two messages have in common that stand in one row. */
const likeness = ({ from, to, memberId, method, path, name, status, outcome }) =>
  JSON.stringify([from, to, memberId, method, path, name, status, outcome])

/** The messages in groups, each of those that follow one another and are alike. */
export function groupsOf (entries) {
  const groups = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last && likeness(last[0]) === likeness(entry)) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

/** A code, a list or a path that may go on in the next line after each of its parts. */
export const breakable = text => text.split(/(?<=[_,.]|[^/]\/(?!\/))/).flatMap(word => [word, element('wbr')])

/** One row of the table. What somebody has opened or focused in it stays while messages are added. */
class Row {
  element = element('tr')
  #time = element('time')
  #direction = element('span', 'direction')
  #name = element('span', 'name')
  #times = element('span', 'times')
  #path = element('code')
  #summary = element('summary')
  #fields = element('dl')
  #answer = element('div')
  #replay = element('button', 'action', 'Replay')
  #save = element('a', 'action', 'Save')
  /** The newest of its messages. */
  #newest

  constructor (replay) {
    this.#replay.type = 'button'
    this.#replay.addEventListener('click', () => replay(this.#newest))
    this.element.append(element('td', '', this.#time),
      element('td', '', this.#direction, this.#name, ' ', this.#path, ' ', this.#times),
      element('td', '', this.#answer),
      element('td', 'more', element('details', '', this.#summary, this.#fields),
        element('div', 'again', this.#replay, this.#save)))
  }

  show (entries, portalName) {
    const entry = entries.at(-1)
    const { id, from, to, name = '', method, path, at, status, ms, outcome } = entry
    const nameOf = party => party === 'portal' && portalName !== undefined ? `portal ${portalName}` : party
    this.#direction.textContent = `${nameOf(from)} → ${nameOf(to)}`
    this.#name.textContent = name
    this.#path.textContent = `${method} ${path}`
    this.#times.textContent = `${entries.length} times`
    this.#times.hidden = entries.length === 1
    this.#answer.replaceChildren(
      ...(status === undefined ? [] : [element('span', status < 400 ? 'status' : 'status bad', status), ' ']),
      ...(ms === undefined ? [] : [`${ms} ms`]),
      ...(outcome === undefined ? [] : [element('span', 'outcome', ...breakable(outcome))])
    )
    if (this.#newest?.id === id) return
    this.#newest = entry
    this.#time.textContent = new Date(at).toLocaleTimeString('en-GB')
    this.#time.dateTime = new Date(at).toISOString()
    const fields = Object.entries(entry.fields)
    this.#summary.textContent = `Fields: ${fields.length}`
    this.#fields.replaceChildren(
      ...fields.flatMap(([field, value]) => [
        element('dt', '', ...breakable(field)), element('dd', '', ...breakable(value))
      ])
    )
    this.#replay.setAttribute('aria-label', `Replay ${name || path}, message ${id}`)
    this.#save.href = `/sandbox/api/wire/${id}/save`
    this.#save.setAttribute('aria-label', `Save ${name || path}, message ${id}`)
    this.#save.parentElement.hidden = from !== 'portal'
  }
}

/** The rows of the table with the messages. `replay` is called with the message that is to be sent again. */
export class WireRows {
  #body
  #replay
  /** The names of the portals by member_id */
  #portals
  /** By number, the newest last. */
  #entries = new Map()
  /** By number of the oldest message in them. */
  #rows = new Map()
  #isWaiting = false

  constructor (body, replay) {
    this.#body = body
    this.#replay = replay
    this.#portals = JSON.parse(body.dataset.portals)
  }

  /** The messages, the newest last. */
  get entries () {
    return [...this.#entries.values()]
  }

  /** Shows a message, or what has changed about it. Many come at once. */
  put (entry) {
    this.#entries.set(entry.id, entry)
    if (this.#entries.size > MOST) this.#entries.delete(this.#entries.keys().next().value)
    if (this.#isWaiting) return
    this.#isWaiting = true
    setTimeout(() => { this.#show() })
  }

  clear () {
    this.#entries.clear()
    this.#show()
  }

  #show () {
    this.#isWaiting = false
    const former = this.#rows
    this.#rows = new Map(groupsOf(this.entries).map(group => {
      const [{ id, memberId }] = group
      const row = former.get(id) ?? new Row(this.#replay)
      row.show(group, this.#portals[memberId])
      return [id, row]
    }))
    for (const [id, { element }] of former) if (!this.#rows.has(id)) element.remove()
    let next = null
    for (const { element } of this.#rows.values()) {
      if (!element.isConnected) this.#body.insertBefore(element, next)
      next = element
    }
  }
}
