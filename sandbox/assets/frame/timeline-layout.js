// The interface that the portal itself draws above a timeline, after a description by the application in the hidden
// frame.
import { element, notify } from './dialogs.js'
import { openApplication } from './open.js'

const listOf = blocks => Object.entries(blocks ?? {})

/** The description of a block at any depth. */
function findBlock (blocks, id) {
  for (const [key, item] of listOf(blocks)) {
    const found = key === id ? item : findBlock(item.properties?.blocks, id)
    if (found) return found
  }
  return undefined
}

/** Makes elements of blocks; `act` carries out the action of a link, `change` tells a new value. */
function drawing (act, change) {
  const options = ({ values, selectedValue }) => Object.entries(values ?? {})
    .map(([value, text]) => element('option', { value, textContent: text, selected: value === selectedValue }))
  const field = (id, { title, errorText, disabled, ...rest }, name, properties, children) => element('label', {}, [
    title ?? '',
    element(name, {
      disabled: disabled === true,
      placeholder: rest.placeholder ?? '',
      ...properties,
      onchange: ({ target }) => change({ id, value: target.value })
    }, children),
    element('small', { textContent: errorText ?? '' })
  ])
  const select = (id, properties) => field(id, properties, 'select', {}, options(properties))
  const kinds = {
    text: (_id, { value, bold }) => element(bold === true ? 'strong' : 'span', { textContent: value ?? '' }),
    link: (id, { text, action }) => element('button',
      { type: 'button', className: 'timeline-link', textContent: text ?? '', onclick: () => act(id, action ?? {}) }),
    withTitle: (id, { title, block }) =>
      element('div', {}, [element('b', { textContent: `${title ?? ''} ` }), ...all({ [id]: block })]),
    lineOfBlocks: (_id, { blocks }) => element('div', { className: 'timeline-line' }, all(blocks)),
    list: (_id, { blocks }) => element('ul', {}, all(blocks).map(item => element('li', {}, [item]))),
    section: (_id, { blocks }) => element('fieldset', {}, all(blocks)),
    input: (id, properties) => field(id, properties, 'input', { value: properties.value ?? '' }),
    textarea: (id, properties) => field(id, properties, 'textarea', { value: properties.value ?? '' }),
    select,
    dropdownMenu: select
  }
  const all = blocks => listOf(blocks)
    .filter(([, item]) => item?.visible !== false && Object.hasOwn(kinds, item?.type))
    .map(([id, { type, properties }]) => kinds[type](id, properties ?? {}))
  return all
}

export function timelineLayout ({ layout, config: { appPath } }) {
  const box = element('section', { className: 'timeline-layout', ariaLabel: 'Application' })
  const callbacks = []
  let described = {}

  function tell (command, data) {
    for (const callback of callbacks) {
      if (callback.command === command && (callback.id === undefined || callback.id === data?.id)) callback.reply(data)
    }
  }

  function act (id, { type, value, uri, sliderParams = {} }) {
    if (type === 'layoutEvent') tell('bindLayoutEventCallback', { id, value })
    else if (type === 'openRestApp') {
      const settings = Object.fromEntries(Object.entries(sliderParams).map(([name, wish]) => [`bx24_${name}`, wish]))
      openApplication(appPath, { ...(typeof value === 'object' ? value : { value }), ...settings })
    } else if (type === 'redirect') {
      const url = new URL(value ?? uri, window.location.href)
      if (url.origin === window.location.origin) window.top.portalSliders.open(url.href)
      else if (/^https?:$/.test(url.protocol)) window.open(url, '_blank', 'noopener')
    }
  }

  const all = drawing(act, data => tell('bindValueChangeCallback', data))
  const button = (name, command) => described[name]
    ? [element('button', {
        type: 'button',
        textContent: described[name].title ?? '',
        disabled: described[name].state === 'disabled',
        onclick: () => tell(command)
      })]
    : []

  function draw (reply) {
    box.replaceChildren(...all(described.blocks), element('div', { className: 'choice-buttons' }, [
      ...button('primaryButton', 'bindPrimaryButtonClickCallback'),
      ...button('secondaryButton', 'bindSecondaryButtonClickCallback')
    ]))
    reply()
  }

  const buttonState = name => (params, reply) => {
    described[name] = params && { ...described[name], ...params }
    draw(reply)
  }
  const bind = command => [command, (id, reply) =>
    callbacks.push({ command, reply, ...(typeof id === 'string' && { id }) })]
  const inert = value => (_params, reply) => {
    box.inert = value
    reply()
  }

  return {
    setLayout (params, reply) {
      described = params
      layout.style.display = 'none'
      layout.before(box)
      draw(reply)
    },
    setLayoutItemState ({ id, visible, properties }, reply) {
      const item = findBlock(described.blocks, id)
      if (item) {
        Object.assign(item, visible !== undefined && { visible }, { properties: { ...item.properties, ...properties } })
      }
      draw(reply)
    },
    setPrimaryButtonState: buttonState('primaryButton'),
    setSecondaryButtonState: buttonState('secondaryButton'),
    lock: inert(true),
    unlock: inert(false),
    finish (_params, reply) {
      box.remove()
      notify('The application has finished.')
      reply()
    },
    ...Object.fromEntries(['LayoutEvent', 'ValueChange', 'PrimaryButtonClick', 'SecondaryButtonClick',
      'EntityUpdate'].map(name => bind(`bind${name}Callback`)))
  }
}
