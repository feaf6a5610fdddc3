const button = document.getElementById('count')
let count = 0

function show () {
  button.textContent = `${button.dataset.text}: ${count}`
}

button.addEventListener('click', () => {
  count++
  show()
})
show()
