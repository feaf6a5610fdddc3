// What the portal asks or tells people on behalf of the page in a frame.
import { holdFocus } from '../focus.js'

const NOTICE_MS = 5000

/** Makes an element of the portal's page. Texts of the application come in as text only. */
export function element (name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

/**
 * Lets people choose among entries with `id`, a `name` or `title`, and a `position` or `desc`. Gives a list of the
 * chosen ones; null when they changed their mind.
 */
export function choose (heading, entries, { multiple = false, chosen = [] } = {}) {
  const items = entries.map(({ id, name, title, position, desc }, index) => element('li', {}, [
    element('label', {}, [
      element('input', {
        type: multiple ? 'checkbox' : 'radio',
        name: 'choice',
        value: id,
        checked: chosen.includes(id),
        required: !multiple,
        // Else it is on a list that is too long for the window.
        autofocus: index === 0
      }),
      element('span', {}, [name ?? title, element('small', { textContent: position ?? desc ?? '' })])
    ])
  ]))
  const form = element('form', { method: 'dialog' }, [
    element('h2', { textContent: heading }),
    items.length > 0 ? element('ul', {}, items) : element('p', { textContent: 'There is nothing to choose from.' }),
    element('div', { className: 'choice-buttons' }, [
      element('button', { value: 'chosen', textContent: 'Select' }),
      element('button', { value: '', textContent: 'Cancel', formNoValidate: true })
    ])
  ])
  const dialog = element('dialog', { className: 'choice', ariaLabel: heading }, [form])
  const giveFocusBack = holdFocus()
  document.body.append(dialog)
  dialog.showModal()
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      const ids = new FormData(form).getAll('choice')
      dialog.remove()
      giveFocusBack()
      resolve(dialog.returnValue === 'chosen' ? entries.filter(({ id }) => ids.includes(id)) : null)
    })
  })
}

/** Shows buttons of the portal above a frame: the text of each, and what a click on it does. */
export function controls (layout, label, buttons) {
  layout.before(element('div', { className: 'portal-controls', role: 'group', ariaLabel: label }, [
    element('span', { textContent: label }),
    ...buttons.map(([textContent, onclick]) => element('button', { type: 'button', textContent, onclick }))
  ]))
}

/** Tells something for a few seconds. */
export function notify (text) {
  const notice = element('div', { className: 'portal-notice', role: 'status', textContent: text })
  document.body.append(notice)
  setTimeout(() => notice.remove(), NOTICE_MS)
}
