// The messages on the wire, the newest on top.
import { element } from './panel-element.js'

/** As many as the sandbox itself keeps. */
const MOST = 1000

function details (entry) {
  const list = element('dl')
  for (const [name, value] of Object.entries(entry.fields)) {
    list.append(element('dt', '', name), element('dd', '', value))
  }
  return element('details', '', element('summary', '', `Fields: ${Object.keys(entry.fields).length}`), list)
}

function again (entry, replay) {
  if (entry.from !== 'portal') return []
  const button = element('button', 'action', 'Replay')
  button.type = 'button'
  button.setAttribute('aria-label', `Replay ${entry.name ?? entry.path}, message ${entry.id}`)
  button.addEventListener('click', () => replay(entry))
  const save = element('a', 'action', 'Save')
  save.href = `/sandbox/api/wire/${entry.id}/save`
  save.setAttribute('aria-label', `Save ${entry.name ?? entry.path}, message ${entry.id}`)
  return [element('div', 'again', button, save)]
}

function rowOf (entry, replay) {
  const row = element('tr')
  const time = element('time', '', new Date(entry.at).toLocaleTimeString('en-GB'))
  time.dateTime = new Date(entry.at).toISOString()
  row.append(element('td', '', time), element('td'), element('td'), element('td', '', ...again(entry, replay)))
  row.children[1].append(element('span', 'direction'), element('span', 'name'), ` ${entry.method} `,
    element('code', '', entry.path), details(entry))
  return row
}

/** Only what may change later; what somebody has opened or focused stays. */
function update (row, entry, portalName) {
  const nameOf = party => party === 'portal' && portalName !== undefined ? `portal ${portalName}` : party
  row.querySelector('.direction').textContent = `${nameOf(entry.from)} → ${nameOf(entry.to)}`
  row.querySelector('.name').textContent = entry.name ?? ''
  const answer = row.children[2]
  answer.replaceChildren()
  if (entry.status !== undefined) {
    answer.append(element('span', entry.status < 400 ? 'status' : 'status bad', entry.status), ' ')
  }
  if (entry.ms !== undefined) answer.append(`${entry.ms} ms`)
  if (entry.outcome !== undefined) answer.append(element('span', 'outcome', entry.outcome))
}

/** The rows of the table with the messages. `replay` is called with the message that is to be sent again. */
export class WireRows {
  #body
  #replay
  /** The names of the portals by member_id */
  #portals
  /** By number of the message: the message and its row. */
  #shown = new Map()

  constructor (body, replay) {
    this.#body = body
    this.#replay = replay
    this.#portals = JSON.parse(body.dataset.portals)
  }

  /** The messages, the newest last. */
  get entries () {
    return Array.from(this.#shown.values(), ({ entry }) => entry)
  }

  /** Shows a message, or what has changed about it. */
  put (entry) {
    const row = this.#shown.get(entry.id)?.row ?? rowOf(entry, this.#replay)
    if (!row.isConnected) this.#body.prepend(row)
    this.#shown.set(entry.id, { entry, row })
    update(row, entry, this.#portals[entry.memberId])
    if (this.#shown.size > MOST) this.#drop(this.#shown.keys().next().value)
  }

  clear () {
    for (const id of [...this.#shown.keys()]) this.#drop(id)
  }

  #drop (id) {
    this.#shown.get(id).row.remove()
    this.#shown.delete(id)
  }
}
