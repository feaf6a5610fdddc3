import { collectDefaultMetrics, Registry } from '@platformatic/prom-client'

/** Processor, memory, garbage collection and delay of the event loop: once for all that run in this process. */
export const processMetrics = new Registry()
collectDefaultMetrics({ register: processMetrics })
