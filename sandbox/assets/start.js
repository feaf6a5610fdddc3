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

const server = document.getElementById('start-server')
const [up, down] = server.querySelectorAll('span')
server.addEventListener('click', async ({ target }) => {
  if (!target.closest('button')) return
  const isDown = up.contains(target)
  await fetch('/sandbox/api/trouble', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ authorizationServer: isDown ? 'down' : 'none' })
  })
  up.hidden = isDown
  down.hidden = !isDown
  server.querySelector('span:not([hidden]) button').focus()
})

// What was clicked in this tab is ticked off, also after the page has gone and come back.
const steps = [...document.querySelectorAll('.start li')]
const done = new Set(JSON.parse(window.sessionStorage.getItem('start-done') ?? '[]'))
const tick = () => steps.forEach((step, index) => step.classList.toggle('done', done.has(index)))
document.querySelector('.start ol').addEventListener('click', ({ target }) => {
  if (!target.matches('[data-step]')) return
  done.add(steps.indexOf(target.closest('li')))
  window.sessionStorage.setItem('start-done', JSON.stringify([...done]))
  tick()
})
tick()
