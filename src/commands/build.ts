import { extname } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Command } from './command.ts'
import { applicationOf } from './dev.ts'

/** Of the plugin that serves the build, as source or as it was built, whichever runs now. */
const program = new URL(`../../plugins/frontend/build${extname(import.meta.url)}`, import.meta.url)

const build: Command = {
  usage: [
    'Usage: fastify-bitrix24 build [--application FOLDER]',
    '',
    'Builds the front end of the application by Vite: the entries in its frontend/ become ui/, which the service',
    'serves in production. It needs vite, and vite.config.ts if there is one, in the project around the application.',
    '',
    '  --application FOLDER  the folder of the application; default: application'
  ].join('\n'),
  options: { application: { type: 'string' } },
  maxPositionals: 0,
  async run ({ values }) {
    const { application = process.env['APPLICATION'] || 'application' } = values
    const folder = applicationOf(String(application))
    // Libraries choose by it what they leave out.
    process.env['NODE_ENV'] = 'production'
    const { buildFrontend } = await import(program.href) as { buildFrontend: (folder: string) => Promise<string[]> }
    const start = performance.now()
    try {
      const names = await buildFrontend(folder)
      console.log(names.length === 0
        ? `There is nothing to build: no entry in ${application}/frontend/.`
        : `Built ${names.join(', ')} in ${Math.round(performance.now() - start)} ms.`)
      return 0
    } catch (error) {
      // A file that cannot be read: Vite shows the place in it.
      console.error(stripVTControlCharacters((error as Error).message).replaceAll(/\n +at .*/g, ''))
      return 1
    }
  }
}
export default build
