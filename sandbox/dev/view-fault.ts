import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Eta } from 'eta'

/** The line of the first `<%= … %>` in a template that holds no expression. */
function lineOf (template: string): number | undefined {
  for (const { index, 1: expression } of template.matchAll(/<%[-_]?[=~](.*?)[-_]?%>/gs)) {
    try {
      // eslint-disable-next-line no-new, no-new-func -- compiled to learn whether it can be, and never called
      new Function(`return (${expression}\n)`)
    } catch {
      return template.slice(0, index).split('\n').length
    }
  }
  return undefined
}

/** The first template of an application that cannot be compiled: file, line and reason in a line. */
export function viewFault (application: string): string | undefined {
  const folder = join(application, 'views')
  if (!existsSync(folder)) return undefined
  const eta = new Eta()
  for (const name of globSync('**/*.eta', { cwd: folder }).sort()) {
    const file = join(folder, name)
    const template = readFileSync(file, 'utf8')
    try {
      eta.compile(template)
    } catch (error) {
      // eta throws errors. It says "unclosed tag at line 2 col 1:", or a heading and then what JavaScript says.
      const lines = (error as Error).message.split('\n')
      const [, reason = '', line] = /^(.*) at line (\d+) col \d+:$/.exec(String(lines[0])) ?? ['', String(lines[2])]
      return `${file}:${line ?? lineOf(template) ?? 1}: ${reason}`
    }
  }
  return undefined
}
