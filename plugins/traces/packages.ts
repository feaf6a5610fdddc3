type Protocol = 'http/protobuf' | 'http/json'
export type Packages = Awaited<ReturnType<typeof loadPackages>>

/** What has to be installed beside the service. */
export const packageNames = (protocol: Protocol): string[] => [
  '@fastify/otel', '@opentelemetry/api', '@opentelemetry/resources', '@opentelemetry/sdk-trace-node',
  `@opentelemetry/exporter-trace-otlp-${protocol === 'http/json' ? 'http' : 'proto'}`
]

/** Loads OpenTelemetry, which nothing else of the service does. */
export async function loadPackages (protocol: Protocol) {
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
    /** What spans say of the service: its name, and what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say */
    resourceOf: (name: string) => defaultResource()
      .merge(resourceFromAttributes({ 'service.name': name }))
      .merge(detectResources({ detectors: [envDetector] }))
  }
}

/** Whether an import has failed because a package is not installed. */
export const isMissing = (error: Error & { code?: string }): boolean =>
  /MODULE_NOT_FOUND$/.test(String(error.code))
