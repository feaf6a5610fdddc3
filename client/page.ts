// The script of the pages of reply.page: makes them good guests in the portal's frame. Everything that matters works
// without it.
import { connectFrame, type Frame } from './frame.ts'
import { createFetch } from './own-fetch.ts'

/** What the SDK adds to the window */
declare const B24Js: { initializeB24Frame: () => Promise<unknown> }

const all = (selector: string) => document.querySelectorAll<HTMLElement>(selector)
const one = (selector: string) => document.querySelector<HTMLElement>(selector)

for (const button of all('button[data-copy]') as NodeListOf<HTMLButtonElement>) {
  const { textContent: label, dataset: { copy: field = '', copied = '' } } = button
  button.disabled = false
  button.addEventListener('click', () => {
    if (!copy(document.querySelector<HTMLInputElement>(field))) return
    button.focus()
    button.textContent = copied
    setTimeout(() => { button.textContent = label }, 2000)
  })
}

let sdk: Promise<unknown> | undefined

// For the scripts of single pages.
Object.assign(window, {
  service: {
    /** Calls a route of this service with the session of the page. */
    fetch: createFetch(connectFrame),
    /** The portal around this page. Rejects outside of one; asks again one that was too slow. */
    frame: connectFrame
  },
  /** The whole SDK, as its `initializeB24Frame()` gives it: loaded when first called. */
  b24 () {
    sdk ??= loadSdk().catch((error: unknown) => {
      sdk = undefined
      throw error
    })
    return sdk
  }
})
// Back from an answer cannot post the call again: without this the frame is blank.
addEventListener('submit', ({ defaultPrevented }) => { if (!defaultPrevented) history.replaceState(null, '') })
connectFrame().then(start).catch(() => {}) // the page stays as the server rendered it

async function loadSdk (): Promise<unknown> {
  await connectFrame()
  const script = document.createElement('script')
  script.src = one('script[data-sdk]')?.dataset['sdk'] ?? ''
  await new Promise((resolve, reject) => {
    script.addEventListener('load', resolve)
    script.addEventListener('error', () => reject(new Error('The SDK of Bitrix24 cannot be loaded')))
    document.head.append(script)
  })
  return await B24Js.initializeB24Frame()
}

async function start (frame: Frame): Promise<void> {
  if (one('[data-install="done"]')) return finishInstall(frame)
  // Before the portal is asked for anything: names have their room already.
  frame.fit()
  // A section was opened or closed.
  document.addEventListener('toggle', () => frame.fit(), true)
  openInSliders(frame)
  enablePortalButtons(frame)
  await Promise.allSettled([showUserName(frame), showPeople(frame)])
}

function finishInstall ({ isInstalling, installFinish, fit }: Frame): void {
  const button = document.querySelector<HTMLButtonElement>('[data-install-continue]')
  if (isInstalling) {
    // The portal reloads itself and never answers, so whoever installs first has time to read what was left out.
    if (button === null) return installFinish()
    button.disabled = false
    button.addEventListener('click', () => installFinish())
  } else {
    for (const text of all('[data-install-text]')) text.hidden = !text.hidden
  }
  fit()
}

// Of error pages. Reloading the page itself would repeat a call whose token may have expired.
function enablePortalButtons ({ close, send }: Frame): void {
  for (const button of all('button[data-portal]') as NodeListOf<HTMLButtonElement>) {
    button.disabled = false
    button.addEventListener('click', () => {
      if (button.dataset['portal'] === 'close') return close()
      // Some portals do not do this for a placement.
      send('reloadWindow', {}, 3000).catch(() => location.reload())
    })
  }
}

// Pages of the portal open in its slider; elsewhere, and without this script, in a tab of their own.
function openInSliders ({ openPath }: Frame): void {
  for (const link of all('a[data-slider]') as NodeListOf<HTMLAnchorElement>) {
    link.addEventListener('click', event => {
      event.preventDefault()
      openPath(link.href).catch(() => window.open(link.href, '_blank', 'noopener'))
    })
  }
}

interface User { ID: string, NAME?: string, LAST_NAME?: string }
/** Empty for a name in which nothing is to be seen. */
function nameOf ({ NAME, LAST_NAME }: User): string {
  const name = [NAME, LAST_NAME].filter(part => typeof part === 'string').join(' ').trim()
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(name) ? name : ''
}

async function showUserName ({ call }: Frame): Promise<void> {
  const place = one('[data-user-name]')
  if (place) place.textContent = nameOf(await call<User>('profile'))
}

async function showPeople ({ call }: Frame): Promise<void> {
  const places = [...all('[data-user-id]')]
  if (places.length === 0) return
  const ids = [...new Set(places.map(({ dataset }) => dataset['userId']))]
  const users = await call<User[]>('user.get', { FILTER: { ID: ids } })
  const names = new Map(users.map(user => [user.ID, nameOf(user)]))
  for (const place of places) place.textContent = names.get(place.dataset['userId'] ?? '') || place.textContent
}

// The portal does not lend its frame the clipboard, so this is the old way; where even that fails the text is selected.
function copy (field: HTMLInputElement | null): boolean {
  field?.focus()
  field?.select()
  return document.execCommand('copy')
}
