// A process of the service below `fastify-bitrix24 dev`: it loads everything but the application and waits. With the
// settings it becomes the service, which takes a fraction of the time.
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import '../../src/app.ts'
import '../../src/server-options.ts'
import { viewFault } from './view-fault.ts'

// Without the command above it, it would hold its port for ever.
process.on('disconnect', () => { process.kill(process.pid, 'SIGTERM') })

// The service finds these by itself.
const routes = fileURLToPath(new URL('../../routes', import.meta.url))
for (const file of globSync('**/*.{ts,js}', { cwd: routes }).filter(file => !file.endsWith('.d.ts'))) {
  await import(pathToFileURL(join(routes, file)).href)
}

const [settings] = await once(process, 'message') as [Record<string, string>]
Object.assign(process.env, settings)
const fault = viewFault(String(settings.APPLICATION))
if (fault !== undefined) {
  console.error(fault)
  process.exit(1)
}
// It ends the process when it cannot start.
await import('../../src/server.ts')
process.send?.('ready')
