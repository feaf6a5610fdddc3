import { restChannel, type RestMessage } from '../../src/diagnostics/measurements.ts'
import { refusalIn, refusalInBatch } from './answers.ts'
import type { PortalReply } from './connections.ts'
import type { PortalRefusal, RestCommand, RestCredentials } from './rest-interface.ts'

interface ExchangeOptions {
  credentials: RestCredentials
  application: object | undefined
  /** Those of a batch */
  commands?: readonly RestCommand[] | undefined
  /** Calls `onBegin` when its turn has come */
  send: (onBegin: () => void) => Promise<PortalReply>
}

/** Sends a call and reads why it was refused, if it was; publishes both. Throws what `send` and `refusalIn` throw. */
export async function exchange (
  call: RestCommand, { credentials, application, commands, send }: ExchangeOptions
): Promise<{ reply: PortalReply, refusal: PortalRefusal | undefined }> {
  const { memberId, userId, accessToken } = credentials
  let begin: number | undefined
  const publish = (reply: PortalReply | undefined, refusal?: string, refusedCommand?: string) => {
    // What has waited for its turn in vain was not sent.
    if (begin === undefined || !restChannel.hasSubscribers) return
    const { status = 0, sent = 0, received = 0 } = reply ?? {}
    const seconds = (performance.now() - begin) / 1000
    const { method } = call
    const ended = { seconds, status, refusal, refusedCommand, sent, received }
    restChannel.publish({
      application, memberId, userId, method, commands: commands ?? [call], ...ended
    } satisfies RestMessage)
  }
  let reply: PortalReply | undefined
  try {
    reply = await send(() => { begin = performance.now() })
    const refusal = refusalIn(reply, accessToken)
    publish(reply, refusal?.error, commands && refusalInBatch(reply, accessToken)?.error)
    return { reply, refusal }
  } catch (error) {
    publish(reply, 'unavailable')
    throw error
  }
}
