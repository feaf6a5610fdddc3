import { devNull } from 'node:os'

/** A program that leads an https address of its vendor to a port of this machine. */
export interface TunnelProgram {
  command: string
  /** `origin` is where the service listens */
  args: (origin: string) => string[]
  /** Finds the public address in a line that the program prints */
  address: RegExp
  /** A line that says the tunnel is connected, if it comes after the address */
  connected?: RegExp
}

/** In the order in which one is chosen when several are installed. */
export const tunnelPrograms = {
  // A tunnel without an account; with a configuration of the user's own, cloudflared opens none.
  cloudflared: {
    command: 'cloudflared',
    args: origin => ['tunnel', '--config', devNull, '--no-autoupdate', '--url', origin],
    address: /(https:\/\/(?!api\.)[\w-]+\.trycloudflare\.com)\b/,
    connected: /\bregistered\b/i
  },
  ngrok: {
    command: 'ngrok',
    args: origin => ['http', origin, '--log', 'stdout', '--log-format', 'logfmt'],
    address: /\bmsg="started tunnel".* url=(https:\/\/\S+)/
  },
  // Its lines are in the language of the system.
  cloudpub: {
    command: 'clo',
    args: origin => ['publish', 'http', new URL(origin).host],
    address: / -> (https:\/\/\S+)/
  }
} satisfies Record<string, TunnelProgram>
