import { loadConfig } from '../config.ts'
import { assemble } from '../doctor/assemble.ts'
import { LinkError } from '../errors.ts'
import { isAppCode, sliderLink } from '../http/slider-link.ts'
import type { OptionsMismatch } from '../schemas/mismatch.ts'
import { openExistingDatabase } from '../store/open-database.ts'
import { readStoreAddress } from '../store/store-address.ts'
import { originOf, UsageError, type Arguments, type Command } from './command.ts'
import { installedPortal } from './installed-portal.ts'

function readParams (positionals: readonly string[]): Record<string, string> {
  const params = new Map<string, string>()
  for (const text of positionals) {
    const end = text.indexOf('=')
    const name = text.slice(0, end)
    if (end < 1 || params.has(name)) throw new UsageError('Parameters of a link are name=value, each of them once.')
    params.set(name, text.slice(end + 1))
  }
  return Object.fromEntries(params)
}

/** A link to a screen, checked and signed as the screen declares it. */
async function screenLink (origin: string, screen: string, params: Record<string, string>): Promise<string> {
  const config = loadConfig()
  const db = await openExistingDatabase(readStoreAddress(config.databaseUrl), 'read')
  const row = await installedPortal(db, origin).finally(() => db.destroy())
  if (row === undefined) {
    throw new UsageError(`The application is not installed on ${new URL(origin).host}, so its screens have no links ` +
      'there. With --app, a link is written that is neither checked nor signed.')
  }
  const { fastify, close } = await assemble(config)
  const portal = { memberId: row.member_id, endpoint: row.client_endpoint }
  try {
    const names = fastify.links.screens().map(({ name }) => name)
    if (!names.includes(screen)) {
      throw new UsageError(`There is no screen ${screen}. The application has: ${names.join(', ') || 'none'}.`)
    }
    return fastify.links.write(screen, params, { portal }).url
  } finally {
    await close()
  }
}

/** Names the parameters that do not fit; other errors say what is wrong themselves. */
function explain (error: Partial<OptionsMismatch>): never {
  if (error instanceof LinkError) throw new UsageError(error.message)
  if (error.mismatches === undefined) throw error
  throw new UsageError(error.mismatches.map(({ parameter, expected }) => `${parameter}: ${expected}`).join('\n'))
}

async function write ({ values: { portal, app }, positionals }: Arguments): Promise<number> {
  if (portal === undefined) throw new UsageError('link needs --portal; see fastify-bitrix24 link --help.')
  const origin = originOf(String(portal))
  const { screen, ...params } = readParams(positionals)
  if (screen !== undefined && app === undefined) {
    console.log(await screenLink(origin, screen, params))
    return 0
  }
  const code = String(app ?? (process.env['B24_APP_CODE'] || process.env['B24_CLIENT_ID'] || ''))
  if (!isAppCode(code)) {
    throw new UsageError('link needs the code of an application: --app, B24_APP_CODE or B24_CLIENT_ID.')
  }
  console.log(origin + sliderLink(code, { ...(screen !== undefined && { screen }), ...params }))
  return 0
}

const usage = `Usage: fastify-bitrix24 link --portal DOMAIN [--app CODE] [--dev] [name=value …]

Prints a link that opens the application in a slider of the portal, with these parameters. One with screen=NAME is
checked by what the screen declares, and signed if it asks for that; the application has to be installed there.

  --portal DOMAIN  the portal; an address, such as http://localhost:8080, where it has no HTTPS
  --app CODE       the code of the application; default: B24_APP_CODE, or B24_CLIENT_ID. With it the link is neither
                   checked nor signed, and no other setting is needed
  --dev            the application is the one that fastify-bitrix24 dev runs in this folder`

const link: Command = {
  usage,
  options: { portal: { type: 'string' }, app: { type: 'string' }, dev: { type: 'boolean' } },
  maxPositionals: 1000,
  run: args => write(args).catch(explain)
}
export default link
