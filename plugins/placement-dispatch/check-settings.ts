import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PlacementSettingError } from '../../src/errors.ts'
import { isTexts } from '../../src/schemas/placement.ts'
import { isHandlerName } from '../../src/schemas/placement-code.ts'
import { faultOf } from './bind-options.ts'
import type { BindSettings, PlacementDeclaration } from './declaration.ts'

const texts = ['title', 'description', 'groupName'] as const
const known = new Set<string>([...texts, 'name', 'userId', 'bind', 'bindOptions'])
// The portal opens these at one address.
const unnamed = new Set(['REST_APP_URI', 'DEFAULT'])
// Bytes. It travels with every placement that is bound.
const maxIcon = 32 * 1024

/** Checks what is to be bound, and reads its icon. @throws PlacementSettingError, which names file and setting */
export function toDeclaration (
  code: string, source: string, { icon, ...settings }: BindSettings
): PlacementDeclaration {
  const { name, userId, bind = true } = settings
  const bindOptions = settings.bindOptions ?? {} // plain JavaScript may pass null
  const must = (isMet: boolean, what: string) => { if (!isMet) throw new PlacementSettingError(code, source, what) }
  const unknown = Object.keys(settings).find(setting => !known.has(setting))
  must(unknown === undefined, `there is no setting "${unknown}"`) // a slip of the pen would set nothing
  const isWorker = code === 'PAGE_BACKGROUND_WORKER'
  const isName = name === undefined || (typeof name === 'string' && isHandlerName(name))
  must(isName, 'name must be lower-case letters, digits and "-", at most 32')
  must(name === undefined || !unnamed.has(code), 'it has one handler, so it takes no name')
  must(name === undefined || !isWorker || userId !== undefined, 'only handlers for one user (userId) take a name')
  must(userId === undefined || isWorker, 'only PAGE_BACKGROUND_WORKER takes a userId')
  must(userId === undefined || (Number.isInteger(userId) && userId > 0), 'userId must be the ID of a user')
  for (const text of texts) {
    must(isTexts(settings[text] ?? {}), `${text} must be a text, or texts by languages such as de`)
  }
  must(typeof bind === 'boolean', 'bind must be false, or left out')
  const areOptions = typeof bindOptions === 'object' &&
    Object.values(bindOptions).every(value => ['string', 'number'].includes(typeof value))
  must(areOptions, 'bindOptions must be texts and numbers by their names')
  const fault = bind ? faultOf(code, bindOptions) : undefined
  must(fault === undefined, String(fault))
  if (icon === undefined) return { ...settings, code, source }
  must(!(icon instanceof URL) || icon.protocol === 'file:', 'icon must be a file, not another address')
  const file = icon instanceof URL ? fileURLToPath(icon) : icon
  must(/\.(?:png|jpe?g|gif|svg)$/i.test(file), 'icon must be a file .png, .jpg, .gif or .svg')
  must(statSync(file, { throwIfNoEntry: false })?.isFile() === true, 'icon must be a file that is there')
  const content = readFileSync(file)
  must(content.length <= maxIcon, 'icon must be at most 32 KB')
  return { ...settings, icon: [basename(file), content.toString('base64')], code, source }
}
