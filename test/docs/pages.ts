import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Every page of the docs, relative to the root. */
export const pages = globSync([
  '*.md', 'docs/**/*.md', 'routes/*/README.md', 'sandbox/README.md', 'example/**/README.md'
], { cwd: root }).sort()

export const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** A code block of a page. */
export interface Block {
  page: string
  line: number
  language: string
  text: string
}

/** The code blocks of a page, without the indent of a list. */
export function blocksOf (page: string): Block[] {
  const text = read(page)
  return [...text.matchAll(/^( *)```(.*)\n([^]*?)^\1```$/gm)].map(match => {
    const [, indent = '', language = '', code = ''] = match
    const line = text.slice(0, match.index).split('\n').length + 1
    return { page, line, language, text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }
  })
}

export const blocks = pages.flatMap(blocksOf)

/** The text of the one block that begins with these words. */
export function blockThatBegins (start: string): string {
  const [block, ...more] = blocks.filter(({ text }) => text.startsWith(start))
  if (block === undefined || more.length > 0) throw new Error(`${more.length} blocks more than one begin with ${start}`)
  return block.text
}

/** The application of docs/placements.md whose page saves a comment: its files, for a folder of a test. */
export const commentsApplication = () => ({
  placements: { 'CRM_DEAL_DETAIL_TAB.ts': blockThatBegins('// placements/CRM_DEAL_DETAIL_TAB.ts') },
  views: { 'deal.eta': blockThatBegins('<!-- views/deal.eta') },
  public: { 'deal.js': blockThatBegins('// public/deal.js') },
  routes: { api: { 'comments.ts': blockThatBegins('// routes/api/comments.ts') } }
})
