/** How the service traces. What else OTEL_… says (headers, sampler, service name), OpenTelemetry reads by itself. */
export interface TracesSettings {
  protocol: 'http/protobuf' | 'http/json'
  /** Whether a call becomes part of the trace that its headers name. Default false: anybody could name one */
  joins: boolean
}

/**
 * Reads OpenTelemetry's own variables, as far as the service decides by them. They may be set for a whole cluster, so
 * they are checked only where traces are wanted.
 *
 * @param lines gets a line for each variable that is wrong
 * @returns undefined: no traces
 */
export function readTraces (
  env: Record<string, string | undefined>, lines: Set<string>
): TracesSettings | undefined {
  const read = (...names: string[]) => names.map(name => env[name]?.trim()).find(text => text) ?? ''
  const endpoint = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')
  const protocol = read('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL') || 'http/protobuf'
  const exporter = read('OTEL_TRACES_EXPORTER') || (endpoint === '' ? 'none' : 'otlp')
  const propagators = read('OTEL_PROPAGATORS').split(',').map(name => name.trim())
  const isDisabled = read('OTEL_SDK_DISABLED').toLowerCase() === 'true'
  if (isDisabled || exporter === 'none') return undefined

  if (exporter !== 'otlp') lines.add('OTEL_TRACES_EXPORTER: must be otlp or none')
  if (endpoint !== '' && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    lines.add('OTEL_EXPORTER_OTLP_ENDPOINT: must be an http:// or https:// address, such as http://collector:4318')
  }
  const joins = propagators.includes('tracecontext')
  if (protocol === 'http/protobuf' || protocol === 'http/json') return { protocol, joins }
  lines.add('OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or http/json')
  return undefined
}
