// Fields of the composer whose values are picked in the portal by their names. People, and records of the CRM, are
// picked in dialogs of the portal; chats and tasks, for which it has none, from a list of the latest.

const { portalUnavailable } = JSON.parse(document.querySelector('[data-composer]').dataset.texts)
const names = new Intl.ListFormat(document.documentElement.lang, { style: 'narrow' })

for (const field of document.querySelectorAll('[data-composer] [data-pick]')) preparePick(field)
for (const fold of document.querySelectorAll('[data-composer] details')) {
  // The portal is not asked for them before somebody writes a link; one form is open from the start.
  const used = new AbortController()
  for (const type of ['toggle', 'pointerover', 'focusin']) {
    fold.addEventListener(type, () => {
      used.abort()
      fillLists(fold.querySelectorAll('[data-list]'))
    }, { signal: used.signal })
  }
}

function preparePick (field) {
  const { dataset, parentElement } = field
  const remove = parentElement.querySelector('[data-remove]')
  const set = items => {
    dataset.value = items.map(({ id }) => id).join()
    field.value = names.format(items.map(nameOf))
    if (remove) remove.hidden = items.length === 0
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const open = async ({ detail }) => {
    // A double click is one.
    if (detail > 1) return
    const line = field.closest('.field-block').querySelector('[data-fault]')
    try {
      const items = await choose(dataset.pick, 'multiple' in dataset)
      if (items.length > 0) set(items)
    } catch {
      line.textContent = portalUnavailable
      line.hidden = false
    }
    field.focus()
  }
  parentElement.querySelector('[data-choose]').addEventListener('click', open)
  field.addEventListener('click', open)
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    open(event)
  })
  remove?.addEventListener('click', () => {
    set([])
    field.focus()
  })
  // The default of a schema has no name.
  if (dataset.value !== '') field.value = `ID ${dataset.value}`
}

/** Not everything in a portal has a name. */
const nameOf = ({ id, name }) => (typeof name === 'string' && name.trim()) || `ID ${id}`

/** Never ends when the dialog is closed without a choice. */
async function choose (what, isMultiple) {
  const frame = await window.service.frame()
  if (what === 'user') {
    const people = isMultiple ? await frame.selectUsers() : [await frame.selectUser()]
    return people.filter(Boolean)
  }
  const { [what]: items = [] } = await frame.selectCrm({ entityType: [what], multiple: isMultiple })
  return items.map(({ id, title }) => ({ id: id.replace(/^[A-Z]+_/, ''), name: title }))
}

const lists = {
  async chat ({ call }) {
    const dialogs = await call('im.recent.get', { SKIP_OPENLINES: 'Y', SKIP_DIALOG: 'Y' })
    return dialogs.map(({ id, title }) => ({ id, name: title }))
  },
  async task ({ call }) {
    const { tasks } = await call('tasks.task.list', { order: { ACTIVITY_DATE: 'desc' }, select: ['ID', 'TITLE'] })
    return tasks.map(({ id, title }) => ({ id, name: title }))
  }
}

/** A list that the portal does not give becomes an input for the id. */
async function fillLists (fields) {
  for (const what of ['chat', 'task']) {
    const own = [...fields].filter(({ dataset }) => dataset.list === what)
    if (own.length === 0) continue
    try {
      const items = await lists[what](await window.service.frame())
      for (const field of own) {
        for (const item of items) field.add(new window.Option(nameOf(item), item.id))
        field.value = field.dataset.start ?? ''
      }
    } catch {
      for (const field of own) {
        const input = inputFor(field)
        const isFocused = field === document.activeElement
        field.replaceWith(input)
        if (isFocused) input.focus()
      }
    }
  }
}

function inputFor (select) {
  const input = document.createElement('input')
  for (const { name, value } of select.attributes) input.setAttribute(name, value)
  input.value = select.dataset.start ?? ''
  return input
}
