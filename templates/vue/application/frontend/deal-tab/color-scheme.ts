/** Shows the page dark or light. Bitrix24 tells a frame nothing of its theme: the browser says what the user wants. */
export function followColorScheme (): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const show = () => {
    document.documentElement.classList.toggle('dark', dark.matches)
    document.documentElement.classList.toggle('light', !dark.matches)
  }
  dark.addEventListener('change', show)
  show()
}
