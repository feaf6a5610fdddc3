import type { TracesSettings } from '../../src/schemas/otel-variables.ts'

export type Packages = Awaited<ReturnType<typeof loadPackages>>

/** What has to be installed beside the service. */
export const packageNames = ({ protocol }: Pick<TracesSettings, 'protocol'>): string[] => [
  '@fastify/otel', '@opentelemetry/api', '@opentelemetry/resources', '@opentelemetry/sdk-trace-node',
  `@opentelemetry/exporter-trace-otlp-${protocol === 'http/json' ? 'http' : 'proto'}`
]

/** Loads OpenTelemetry, which nothing else of the service does. */
export async function loadPackages ({ protocol }: Pick<TracesSettings, 'protocol'>) {
  const [otel, api, resources, sdk, exporter] = await Promise.all([
    import('@fastify/otel'),
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-node'),
    protocol === 'http/json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto')
  ])
  return { api, ...otel, ...resources, ...sdk, ...exporter }
}

/** Whether an import has failed because a package is not installed. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /MODULE_NOT_FOUND$/.test(String(error.code))
