import type { Command } from './command.ts'

const usage = `Usage: fastify-bitrix24 start

Runs the service until SIGTERM or SIGINT. A setting that is missing or wrong stops the start with a line each.`

const start: Command = {
  usage,
  options: {},
  maxPositionals: 0,
  async run () {
    process.setSourceMapsEnabled(true)
    // The program itself: it ends the process when it cannot start.
    await import('../server.ts')
  }
}
export default start
