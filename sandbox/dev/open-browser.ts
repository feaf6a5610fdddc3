import { spawn } from 'node:child_process'

const COMMANDS: Partial<Record<NodeJS.Platform, [command: string, ...args: string[]]>> = {
  darwin: ['open'], win32: ['cmd', '/c', 'start']
}

/** Opens an address in the browser of whoever sits here. Without one, nothing happens. */
export function openBrowser (address: string): void {
  if (process.env.CI) return
  const [command, ...args] = COMMANDS[process.platform] ?? ['xdg-open']
  spawn(command, [...args, address], { stdio: 'ignore', detached: true }).on('error', () => {}).unref()
}
