import { pino } from 'pino'

// Bytes of lines that wait while nothing can be written. Later ones are dropped: calls need the memory.
const maxLength = 16 * 1024 * 1024

/**
 * Standard output for the log. Lines are handed over in bundles, while calls are answered; what is left is written when
 * the process ends. A full disk and a terminal that is gone cost lines, but no call.
 */
export function logDestination () {
  const stream = pino.destination({ sync: false, maxLength })
  const { flushSync } = stream
  // Where nothing can be written it tries for ever, and so keeps the process from ending.
  return stream.on('error', () => { stream.flushSync = () => {} }).on('write', () => { stream.flushSync = flushSync })
}
