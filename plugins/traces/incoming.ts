import type { TextMapPropagator } from '@opentelemetry/api'
import type { Packages } from './packages.ts'

// Source: W3C Trace Context, 3.2 (traceparent)
const pattern = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/

/** Reads the trace that a call belongs to, and writes none: requests to portals and other servers carry no header. */
export const incomingOnly = ({ isSpanContextValid, trace }: Packages['api']): TextMapPropagator => ({
  inject () {},
  extract (context, carrier, { get }) {
    const [, traceId = '', spanId = '', flags = ''] = pattern.exec(String(get(carrier, 'traceparent'))) ?? []
    const named = { traceId, spanId, traceFlags: Number(`0x${flags}`) & 1, isRemote: true }
    return isSpanContextValid(named) ? trace.setSpanContext(context, named) : context
  },
  fields: () => ['traceparent']
})
