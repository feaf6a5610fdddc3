import { hash } from 'node:crypto'
import type { Page } from 'playwright-core'

/** What each visible part of a page says, and how it looks as far as fonts have no influence. */
function readLooks (): string[] {
  const styles = ['color', 'backgroundColor', 'fontSize', 'fontWeight', 'borderRadius', 'padding', 'textAlign'] as const
  // Browsers draw them in their own way.
  const own = ['select', 'option', 'input', 'textarea']
  return [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()).map(element => {
    const text = [...element.childNodes].filter(node => node instanceof Text).map(({ data }) => data.trim()).join(' ')
    const style = getComputedStyle(element)
    const look = own.includes(element.localName) ? [] : styles.map(name => style[name])
    return [element.localName, text, ...look].join('|')
  })
}

/** Small letters beside digits, or beside capital ones within a word, are those of a random id. */
const withoutId = (word: string): string => /[a-z]/.test(word) && /\d|.[A-Z]/.test(word) ? '#' : word

/**
 * Tells whether a picture of the page would show something else than before, on any machine: pixels depend on fonts.
 * Numbers are left out, as are codes and how often something is there: they differ from run to run.
 */
export async function fingerprint (page: Page): Promise<string> {
  const frames = page.frames().filter(frame => frame.url().startsWith('http'))
  const looks = (await Promise.all(frames.map(frame => frame.evaluate(readLooks)))).flat()
  const lines = looks.map(line => line.replaceAll(/[\w-]{14,}/g, withoutId).replaceAll(/\d+/g, '#'))
  return hash('sha256', [...new Set(lines)].sort().join('\n'))
}
