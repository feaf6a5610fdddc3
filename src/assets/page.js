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
if (window.parent !== window && window.name.split('|').length === 3) {
  start().catch(() => {}) // the page stays as the server rendered it
}

async function start () {
  const b24 = await B24Js.initializeB24Frame()
  if (document.querySelector('[data-install="done"]')) return finishInstall(b24)
  await b24.parent.fitWindow()
  await showUserName(b24)
  // Widgets may not name the portal's page, and get no answer.
  if (b24.placement.isDefault) await b24.parent.setTitle(document.title)
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

// The portal does not lend its frame the clipboard, so this is the old way; where even that fails the text is selected.
function copy (field) {
  field.focus()
  field.select()
  return document.execCommand('copy')
}
