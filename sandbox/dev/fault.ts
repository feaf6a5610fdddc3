import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { visible } from '../../src/commands/command.ts'

// The front end is Vite's: it shows its faults in the frame.
const LEFT_OUT = ['**/node_modules/**', '**/.*/**', 'frontend/**', 'ui/**']

/** Without its types, whose errors Node places itself, or nothing. */
const STRIP = ['--no-warnings', '-p', "require('node:module').stripTypeScriptTypes(fs.readFileSync(0, 'utf8'))"]
const CHECK = ['--check', '--input-type=module', '-']
const node = (args: string[], input: string) => spawnSync(process.execPath, args, { input, encoding: 'utf8' })

/** Where a script stops being JavaScript, for errors that do not name the place. */
function syntaxErrorIn (application: string): string | undefined {
  const files = globSync('**/*.{js,mjs,ts,mts}', { cwd: application, exclude: LEFT_OUT }).sort()
  for (const name of files.filter(name => !name.endsWith('.d.ts'))) {
    const source = readFileSync(join(application, name), 'utf8')
    const script = name.endsWith('ts') ? node(STRIP, source).stdout : source
    const { status, stderr } = node(CHECK, script)
    if (status === 0) continue
    const [, line = 1] = /:(\d+)$/m.exec(stderr) ?? []
    return `${join(application, name)}:${line}`
  }
  return undefined
}

/** The first place in the application that a text names, as `file:line`. */
function placeIn (text: string, application: string): string | undefined {
  for (const [, url, path = '', line] of text.matchAll(/(file:\/\/)?(\/[^\s()'"]*?):(\d+)(?::\d+)?/g)) {
    const file = url === undefined ? path : fileURLToPath(url + path)
    if (file.startsWith(join(application, '/')) && !file.includes('/node_modules/')) return `${file}:${line}`
  }
  return undefined
}

/**
 * What a service that could not start has printed, as one line: file, line, and what is wrong.
 *
 * @param printed its standard error
 * @param application absolute path
 */
export function readableFault (printed: string, application: string): string {
  const [, name, message = ''] = /^(\w*Error)(?: \[\w+\])?: (.*)$/m.exec(printed) ?? []
  // Errors that the service expects have no stack, and name the file or the setting.
  if (name === undefined) return shown(printed.trim())
  const place = placeIn(printed, application) ?? (name === 'SyntaxError' ? syntaxErrorIn(application) : undefined)
  const isPlaced = place === undefined || message.includes(application)
  return shown(`${isPlaced ? '' : `${place}: `}${name === 'Error' ? '' : `${name}: `}${message}`)
}

/** Paths as somebody in this folder would write them. */
const shown = (text: string): string => visible(text.replaceAll(join(process.cwd(), '/'), ''))
