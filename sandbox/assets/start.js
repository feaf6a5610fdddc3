// The card "Start here".
const root = document.documentElement

function show (isShown) {
  window.localStorage.setItem('start', isShown ? 'open' : 'closed')
  root.classList.toggle('start-closed', !isShown)
}

document.getElementById('start-close').addEventListener('click', () => {
  show(false)
  document.getElementById('start-again').focus()
})
document.getElementById('start-again').addEventListener('click', () => {
  show(true)
  document.getElementById('start-close').focus()
})

document.getElementById('start-server').addEventListener('click', async ({ target }) => {
  const isDown = target.getAttribute('aria-pressed') !== 'true'
  await fetch('/sandbox/api/trouble', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ authorizationServer: isDown ? 'down' : 'none' })
  })
  target.setAttribute('aria-pressed', isDown)
  target.textContent = isDown ? target.dataset.down : target.dataset.up
})
