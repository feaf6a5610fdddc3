// Makes a page a good guest in the portal's frame. Everything that matters works without this script too.

/* global B24Js */

for (const button of document.querySelectorAll('[data-copy]')) {
  const label = button.textContent
  button.disabled = false
  button.addEventListener('click', () => {
    if (!copy(document.querySelector(button.dataset.copy))) return
    button.focus()
    button.textContent = button.dataset.copied
    setTimeout(() => { button.textContent = label }, 2000)
  })
}

// The portal names its frame HOST|PROTOCOL|SID; anywhere else nobody would answer.
const isFramed = window.parent !== window && window.name.split('|').length === 3
const frame = isFramed ? B24Js.initializeB24Frame() : Promise.reject(new Error('This page is not inside Bitrix24'))
/** The portal around this page, for the scripts of single pages. Rejects outside of one. */
window.b24 = () => frame
/** Our own routes, for the scripts of single pages. */
window.service = { fetch: fetchOwn }
frame.then(start).catch(() => {}) // the page stays as the server rendered it

async function start (b24) {
  if (document.querySelector('[data-install="done"]')) return finishInstall(b24)
  openInSliders(b24)
  await Promise.all([showUserName(b24), showPeople(b24)])
  // A slider has a size and a title of its own, and does not answer.
  await b24.parent.fitWindow()
  if (b24.placement.isDefault) await b24.parent.setTitle(document.title)
}

// Calls a route of this service with the session of this page; `asUser`, with the user's access token as well, which the
// portal hands out anew when it has expired. `body` is sent as JSON; everything else is as in `fetch`.
async function fetchOwn (path, { asUser = false, body, headers, ...init } = {}) {
  const { origin } = window.location
  const url = new URL(metaOf('base') + path, origin)
  // Session and token are for this service alone.
  if (!path.startsWith('/') || url.origin !== origin) throw new TypeError(`${path} is no path of this service`)
  const all = new Headers(headers)
  all.set('authorization', `Bearer ${metaOf('page-session')}`)
  if (body !== undefined) all.set('content-type', 'application/json')
  if (asUser) {
    const { auth } = await frame
    const { access_token: authId } = auth.getAuthData() || await auth.refreshAuth()
    all.set('x-b24-auth-id', authId)
  }
  // Without a body it stays undefined, as for `fetch`.
  return fetch(url, { ...init, headers: all, redirect: 'error', body: JSON.stringify(body) })
}

function metaOf (name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? ''
}

async function finishInstall (b24) {
  if (b24.isInstallMode) {
    // The portal reloads itself and never answers, so whoever installs first has time to read what was left out.
    const button = document.querySelector('[data-install-continue]')
    if (!button) return b24.installFinish()
    button.disabled = false
    button.addEventListener('click', () => b24.installFinish())
    return b24.parent.fitWindow()
  }
  document.querySelector('[data-install-text]').hidden = true
  document.querySelector('[data-install-already]').hidden = false
  await b24.parent.fitWindow()
}

async function showUserName (b24) {
  const place = document.querySelector('[data-user-name]')
  if (!place) return
  const response = await b24.actions.v2.call.make({ method: 'profile' })
  if (!response.isSuccess) return
  const { NAME, LAST_NAME } = response.getData().result
  place.textContent = [NAME, LAST_NAME].filter(Boolean).join(' ')
}

// Pages of the portal open in its slider; elsewhere, and without this script, in a tab of their own.
function openInSliders (b24) {
  for (const link of document.querySelectorAll('a[data-slider]')) {
    link.addEventListener('click', event => {
      event.preventDefault()
      b24.slider.openPath(new URL(link.href)).catch(() => window.open(link.href, '_blank', 'noopener'))
    })
  }
}

async function showPeople (b24) {
  const places = [...document.querySelectorAll('[data-user-id]')]
  if (places.length === 0) return
  const ids = [...new Set(places.map(place => place.dataset.userId))]
  const response = await b24.actions.v2.call.make({ method: 'user.get', params: { FILTER: { ID: ids } } })
  if (!response.isSuccess) return
  const names = new Map(response.getData().result.map(({ ID, NAME, LAST_NAME }) => [ID, [NAME, LAST_NAME].filter(Boolean).join(' ')]))
  for (const place of places) place.textContent = names.get(place.dataset.userId) || place.textContent
}

// The portal does not lend its frame the clipboard, so this is the old way; where even that fails the text is selected.
function copy (field) {
  field.focus()
  field.select()
  return document.execCommand('copy')
}
