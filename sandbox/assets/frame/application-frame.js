// The parent's side of the frames: submits the portal's form into each and answers the messages of the page in it.
import { generalCommands } from './commands.js'
import { placementInterface } from './placement-interface.js'

/**
 * A page of the application in a slider fills it, and cannot change its size. A frame among other things in a page can.
 */
const FILLS_SLIDER = window.parent !== window && /^\/market(?:place)?\//.test(window.location.pathname)

/**
 * `command:JSON:key:sid`, where the JSON may hold colons and may be missing; or an object. Undefined for what a portal
 * could not read either.
 */
function parse (data) {
  if (typeof data === 'object' && data !== null) {
    return {
      method: data.method, params: { ...data.params, requestId: data.requestId }, sid: data.appSid, key: data.callback
    }
  }
  const parts = String(data).split(':')
  const [sid, key] = [parts.pop(), parts.pop()]
  const [method, ...json] = parts
  try {
    return { method, sid, key, params: json.length > 0 && json.join(':') !== '' ? JSON.parse(json.join(':')) : [] }
  } catch {
    return undefined
  }
}

/** Serves one frame; gives the function that tells its page about an event. */
function serve (layout) {
  const frame = layout.querySelector('iframe')
  const config = JSON.parse(layout.dataset.frame)
  const { sid, appOrigin, initData, wireEntry } = config
  const denied = FILLS_SLIDER ? [...config.denied, 'resizeWindow'] : config.denied

  /** Asks the portal to do something on behalf of the user of this frame. */
  async function act (action, params = {}) {
    const response = await fetch(`/sandbox/frame/${sid}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params)
    })
    return response.json()
  }

  const listeners = []

  function fire (event, data) {
    for (const listener of listeners) if (listener.event === event) listener.reply(data)
  }

  const specific = placementInterface(initData.PLACEMENT,
    { options: initData.PLACEMENT_OPTIONS, sid, layout, config, act, fire })
  const commands = {
    ...specific.commands,
    ...generalCommands({ layout, config, act }),
    getInterface (_params, reply) {
      reply({ command: Object.keys(specific.commands), event: specific.events })
    },
    // Without acknowledgement: each occurrence is one more answer.
    placementBindEvent ({ event }, reply) {
      if (specific.events.includes(event)) listeners.push({ event, reply })
    }
  }

  window.addEventListener('message', message => {
    if (message.origin !== appOrigin) return
    const { method, params, key, sid: sender } = parse(message.data) ?? {}
    // Whatever is wrong, denied or unknown stays without answer.
    if (sender !== sid) return
    if (denied.includes(method) || !Object.hasOwn(commands, method)) {
      const { PLACEMENT } = initData
      console.info(`The application has sent "${method}", which the placement ${PLACEMENT} does not take here. ` +
        'A portal does not answer.')
      return
    }
    commands[method](params, result => {
      if (key) {
        frame.contentWindow?.postMessage(`${key}:${result === undefined ? '' : JSON.stringify(result)}`, appOrigin)
      }
    })
  })

  const start = performance.now()
  frame.addEventListener('load', async () => {
    layout.classList.add('loaded')
    const { problem } = await act('loaded', { entry: wireEntry, ms: Math.round(performance.now() - start) })
    if (problem === undefined) return
    const sentence = document.createElement('p')
    sentence.className = 'frame-problem'
    sentence.role = 'alert'
    sentence.textContent = problem
    layout.before(sentence)
  }, { once: true })
  if (frame.dataset.src) frame.src = frame.dataset.src
  layout.querySelector('form')?.submit()

  return fire
}

const fires = Array.from(document.querySelectorAll('[data-frame]'), serve)

/** For pages of the portal: tells the pages in all their frames that have bound `event`. */
window.portalFrame = {
  fire (event, data) {
    for (const fire of fires) fire(event, data)
  }
}
