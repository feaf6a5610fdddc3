import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { Eta } from 'eta'

// With `debug` the script of a template says on which line of it each tag begins.
const eta = new Eta({ debug: true })
const firstLine = ({ message }: Error) => String(message.split('\n')[0])

/** Why a template cannot be compiled, and on which line; undefined: it can. */
function faultIn (template: string): { line: number, reason: string } | undefined {
  let script = ''
  try {
    script = eta.compileToString(template)
    compileFunction(script, ['it', 'options'], { filename: 'template' })
    return undefined
  } catch (error) {
    const fault = error as Error // of eta or of JavaScript
    // eta says "unclosed tag at line 2 col 1:".
    const [, reason, line] = /^(.*) at line (\d+) col \d+:$/.exec(firstLine(fault)) ?? []
    if (reason !== undefined) return { line: Number(line), reason }
    const [, scriptLine] = /^template:(\d+)$/m.exec(String(fault.stack)) ?? []
    return placeOf(template, script.split('\n').slice(0, Number(scriptLine)), firstLine(fault))
  }
}

/** @param script up to the line that is wrong */
function placeOf (template: string, script: string[], message: string): { line: number, reason: string } {
  const wrong = String(script.at(-1)).trim()
  const [, line] = /^__eta\.line=(\d+)$/.exec(String(script.findLast(line => line.startsWith('__eta.line=')))) ?? []
  const tag = Number(line)
  // What eta has put behind the template came too early.
  if (wrong.startsWith('} catch (e) { this.RuntimeErr(')) return { line: tag, reason: 'a "{" is not closed by <% } %>' }
  // A tag may go over several lines.
  const index = template.split('\n').findIndex((text, index) => index >= tag - 1 && text.includes(wrong))
  return { line: index === -1 ? tag : index + 1, reason: message }
}

/** The first template of an application that cannot be compiled: file, line and reason in a line. */
export function viewFault (application: string): string | undefined {
  const folder = join(application, 'views')
  if (!existsSync(folder)) return undefined
  for (const name of globSync('**/*.eta', { cwd: folder }).sort()) {
    const file = join(folder, name)
    const fault = faultIn(readFileSync(file, 'utf8'))
    if (fault !== undefined) return `${file}:${fault.line}: ${fault.reason}`
  }
  return undefined
}
