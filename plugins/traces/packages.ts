import type { Resource } from '@opentelemetry/resources'
import type { SpanExporter } from '@opentelemetry/sdk-trace-node'

type Protocol = 'http/protobuf' | 'http/json'
type Sdk = Pick<typeof import('@opentelemetry/sdk-trace-node'), 'NodeTracerProvider' | 'BatchSpanProcessor'>

/** What the traces need of OpenTelemetry. */
export interface Packages extends Sdk, Pick<typeof import('@fastify/otel'), 'FastifyOtelInstrumentation'> {
  api: typeof import('@opentelemetry/api')
  OTLPTraceExporter: new () => SpanExporter
  /** What spans say of the service: its name, and what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say */
  resourceOf: (name: string) => Resource
}

/** What has to be installed beside the service. */
export const packageNames = (protocol: Protocol): string[] => [
  '@fastify/otel', '@opentelemetry/api', '@opentelemetry/resources', '@opentelemetry/sdk-trace-node',
  `@opentelemetry/exporter-trace-otlp-${protocol === 'http/json' ? 'http' : 'proto'}`
]

/** Loads OpenTelemetry, which nothing else of the service does. */
export async function loadPackages (protocol: Protocol): Promise<Packages> {
  const [{ FastifyOtelInstrumentation }, api, resources, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@fastify/otel'),
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-node'),
    protocol === 'http/json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto')
  ])
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources
  const { NodeTracerProvider, BatchSpanProcessor } = sdk
  return {
    api,
    FastifyOtelInstrumentation,
    NodeTracerProvider,
    BatchSpanProcessor,
    OTLPTraceExporter,
    resourceOf: name => defaultResource()
      .merge(resourceFromAttributes({ 'service.name': name }))
      .merge(detectResources({ detectors: [envDetector] }))
  }
}

/** Whether an import has failed because a package is not installed. */
export const isMissing = (error: Error & { code?: string }): boolean =>
  /MODULE_NOT_FOUND$/.test(String(error.code))
