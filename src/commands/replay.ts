import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError, type Command } from './command.ts'

/** A program of the sandbox, as source or as it was built, whichever runs now. An image may be without it. */
const program = new URL(`../../sandbox/replay${extname(import.meta.url)}`, import.meta.url)

const usage = `Usage: fastify-bitrix24 replay <file> [--app URL] [--portal URL]

Sends a call that the panel of the sandbox portal saved, with fresh tokens of the sandbox that runs now, and says
what the service answered. Ends with 1 when it refuses the call.

  --app URL     the service; default: the one that the call was saved for
  --portal URL  the sandbox portal; default: the one that saved it`

const replay: Command = {
  usage,
  options: { app: { type: 'string' }, portal: { type: 'string' } },
  maxPositionals: 1,
  async run ({ positionals }) {
    if (positionals.length === 0) throw new UsageError('replay needs a file; see fastify-bitrix24 replay --help.')
    // The program reads the arguments that follow its own name.
    process.argv.splice(1, 2, fileURLToPath(program))
    await import(program.href).catch(() => {
      throw new UsageError('replay needs the sandbox portal, which is not part of this build.')
    })
  }
}
export default replay
