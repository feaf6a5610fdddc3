// What has been written in another tab is there when somebody comes back to this one. What is being typed stays.
window.addEventListener('focus', async () => {
  const answer = await fetch(window.location.href).catch(() => undefined)
  if (!answer?.ok) return
  const page = new window.DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of document.querySelectorAll('[data-fresh]')) {
    const now = page.getElementById(part.id)
    if (now && now.innerHTML !== part.innerHTML) part.replaceChildren(...now.childNodes)
  }
})
