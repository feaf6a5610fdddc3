// npm run rotate-keys: after a new key was put in front of APP_SECRET, and before the old one is taken out of it.
import { loadConfig } from './config.ts'
import { createKeyRing } from './keys.ts'
import { createCipher } from './store/encryption.ts'
import { openDatabase } from './store/open-database.ts'
import { rotateKeys } from './store/rotate-keys.ts'

try {
  const { databaseUrl, appSecret } = loadConfig(process.env)
  const { db, uninstalls } = await openDatabase(databaseUrl)
  const cipher = createCipher(createKeyRing(appSecret).derive('store'))
  const { rewritten, unreadable } = await rotateKeys(db, cipher, (count) => { console.log(`rewritten: ${count}`) })
    .finally(async () => {
      await uninstalls.close()
      await db.destroy()
    })
  console.log(`done: ${rewritten} rewritten with the newest key, ${unreadable.size} that no key opens`)
  for (const member of unreadable) console.log(`no key of APP_SECRET opens a secret of portal ${member}; the next installation writes a new one`)
  if (unreadable.size === 0) console.log('The older keys can be taken out of APP_SECRET as soon as every instance has the newest.')
  else process.exitCode = 1
} catch (error) {
  console.error((error as Error).message) // nothing else is thrown
  process.exitCode = 1
}
