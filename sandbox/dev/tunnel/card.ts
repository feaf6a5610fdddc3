import { globSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { missingScope } from '../../../plugins/installation/bind.ts'

/** The scopes that the placements of an application need: a file or a folder is named after its placement. */
function scopesOf (application: string): string[] {
  const names = globSync('*', { cwd: join(application, 'placements') }).map(name => basename(name, extname(name)))
  const scopes = names.map(code => missingScope(code, ['placement'])).filter(scope => scope !== undefined)
  return ['placement', ...new Set(scopes.sort())]
}

/** What the card of the application in Bitrix24 has to hold. */
export function cardText (address: string, application: string): string {
  const fields = [
    ['Your handler path', `${address}/placement`],
    ['Initial installation path', `${address}/install`],
    ['Script only (no user interface)', 'not ticked'],
    ['Assign permissions', `${scopesOf(application).join(', ')}, and what your own REST calls need`]
  ]
  return ['The card of the application in Bitrix24 (Developer resources > Other > Local application > Server):',
    ...fields.map(([name = '', value]) => `  ${name.padEnd(33)}${value}`)].join('\n')
}

/** For an address that is another one than that of the last time. */
export const changedAddress = (former: string): string =>
  `The address has changed; it was ${former}.\nChange both paths on the card by hand. ` +
  'The placements and events of installed portals are bound to the new address by themselves.'
