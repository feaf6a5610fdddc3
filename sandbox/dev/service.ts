// A process of the service below `fastify-bitrix24 dev`: it loads everything but the application and waits. With the
// settings it becomes the service, which takes a fraction of the time.
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import '../../src/app.ts'
import '../../src/server-options.ts'
import { bindAgain } from './tunnel/bind-again.ts'
import { viewFault } from './view-fault.ts'

// Without the command above it, it would hold its port for ever.
process.on('disconnect', () => { process.kill(process.pid, 'SIGTERM') })

const LEFT_OUT = /(?:^|\/)_|\.(?:test|spec|d)\.\w+$/

/** Loads what the service finds by itself, so that it is there when the service asks for it. */
async function load (folder: string, pattern: string): Promise<void> {
  for (const file of globSync(pattern, { cwd: folder }).filter(file => !LEFT_OUT.test(file)).sort()) {
    // Above, a file that never ends is named.
    process.send?.(join(folder, file))
    await import(pathToFileURL(join(folder, file)).href)
  }
  process.send?.('')
}

await load(fileURLToPath(new URL('../../routes', import.meta.url)), '**/*.{js,ts}')

const [settings] = await once(process, 'message') as [Record<string, string>]
Object.assign(process.env, settings)
const { APPLICATION = '' } = settings
try {
  // The service would name the file, but not the line.
  await load(APPLICATION, '{placements,screens,plugins,routes,migrations}/**/*.{js,mjs,ts,mts}')
  const fault = viewFault(APPLICATION)
  if (fault !== undefined) throw fault
} catch (error) {
  console.error(error)
  process.exit(1)
}
// It ends the process when it cannot start.
await import('../../src/server.ts')
process.send?.('ready')
if (settings.BIND_AGAIN !== undefined) {
  await bindAgain().catch((error: Error) => {
    console.error(`The portals could not be bound to the new address: ${error.message}.`)
  })
}
