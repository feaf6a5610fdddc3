import type { Sandbox } from '../index.ts'
import { cardText, changedAddress } from './tunnel/card.ts'

interface OpeningTextOptions {
  application: string
  /** The public address that leads here, if there is one */
  tunnel: string | undefined
  /** Of the application in Bitrix24 that the service is; undefined: that of the sandbox */
  clientId: string | undefined
  /** The public address that this application had last time */
  former: string | undefined
  bitrix24: Pick<Sandbox, 'url' | 'env'>
}

/** What is printed once the service runs for somebody. */
export function openingText (options: OpeningTextOptions): string {
  const { application, tunnel, clientId, former, bitrix24: { url, env } } = options
  const end = 'Ctrl+C stops everything.\n'
  if (tunnel === undefined) {
    return `\nOpen ${url}/: the application is installed there. What you save is loaded at once.\n` +
      `Handler path ${env.PUBLIC_URL}/placement, installation path ${env.PUBLIC_URL}/install. ${end}`
  }
  const card = cardText(tunnel, application)
  if (clientId === undefined) {
    return `\nOpen ${url}/: the application is installed there, at ${tunnel}. What you save is loaded at once.\n\n` +
      `${card}\nPut its "Application ID (client_id)" and "Application key (client_secret)" into .env, as\n` +
      'B24_CLIENT_ID and B24_CLIENT_SECRET: then the service is that application instead of the one of the sandbox ' +
      `portal.\n${end}`
  }
  const isChanged = former !== undefined && former !== tunnel
  return `\nThe service is the application ${clientId} in Bitrix24, at ${tunnel}. ` +
    'What you save is loaded at once.\n\n' +
    `${card}\n${isChanged ? `${changedAddress(former)}\n` : ''}` +
    `The sandbox portal is not used while .env holds B24_CLIENT_ID. ${end}`
}
