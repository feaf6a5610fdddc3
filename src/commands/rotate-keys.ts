import { loadConfig } from '../config.ts'
import { createKeyRing } from '../crypto/keys.ts'
import { createCipher } from '../crypto/encryption.ts'
import { openExistingDatabase } from '../store/open-database.ts'
import { readStoreAddress } from '../store/store-address.ts'
import { rotateKeys } from '../tools/reencrypt.ts'
import { visible, type Command } from './command.ts'

async function run (): Promise<number> {
  const { databaseUrl, appSecret } = loadConfig()
  const db = await openExistingDatabase(readStoreAddress(databaseUrl), 'write')
  const cipher = createCipher(createKeyRing(appSecret).derive('store'))
  const report = await rotateKeys(db, cipher, (rows) => { console.log(`${rows} rows looked at`) })
    .finally(() => db.destroy())
  const { installations, rewritten, unreadable, unreadablePortals, opensAny } = report
  if (installations === 0) {
    console.error('no installations here: is DATABASE_URL right?')
    return 1
  }

  for (const { member, domain } of unreadablePortals) {
    console.log(`portal ${member} (${visible(domain)}): no key of APP_SECRET opens a secret of it`)
  }
  const unnamed = unreadable - unreadablePortals.length
  if (unnamed > 0) console.log(`and ${unnamed} more`)
  console.log(`done. Installations: ${installations}; rewritten with the newest key: ${rewritten}; ` +
    `with a secret that no key opens: ${unreadable}`)
  if (unreadable > 0) {
    console.log(opensAny
      ? 'Put the key that is missing back into APP_SECRET, or install the application anew on these portals.'
      : 'No key opens anything here: this APP_SECRET is probably not the one of this store.')
    return 1
  }
  console.log('Before an older key is taken out of APP_SECRET: start every instance with the newest key in front, ' +
    'then run this again,\nfor an instance writes with the first key it knows. Without the older key, signed links ' +
    'and open pages that were made with it stop working.')
  return 0
}

const usage = `Usage: fastify-bitrix24 rotate-keys

After a new key was put in front of APP_SECRET: encrypts every stored secret with it, while the service runs.
Ends with 1 when there are secrets that no key opens.`

const rotateKeysCommand: Command = {
  usage,
  options: {},
  maxPositionals: 0,
  run
}
export default rotateKeysCommand
