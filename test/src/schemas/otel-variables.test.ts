import t from 'tap'
import { readTraces, type TracesSettings } from '../../../src/schemas/otel-variables.ts'

const noAddress =
  'OTEL_EXPORTER_OTLP_ENDPOINT: must be an http:// or https:// address, such as http://collector:4318'
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

await t.test('readTraces: takes the variables of OpenTelemetry', async t => {
  const usual: TracesSettings = { protocol: 'http/protobuf', joins: false }
  const rows: Array<[env: Record<string, string>, settings: TracesSettings | undefined]> = [
    [{}, undefined],
    [{ OTEL_PROPAGATORS: 'tracecontext' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, undefined],
    [endpoint, usual],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' }, usual],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, usual],
    [{ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, undefined],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }, undefined],
    [{ ...endpoint, OTEL_SDK_DISABLED: 'false' }, usual],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, { protocol: 'http/json', joins: false }],
    [
      { ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      { protocol: 'http/json', joins: false }
    ],
    [{ ...endpoint, OTEL_PROPAGATORS: 'baggage, tracecontext' }, { protocol: 'http/protobuf', joins: true }],
    [{ ...endpoint, OTEL_PROPAGATORS: 'b3' }, usual]
  ]
  for (const [env, settings] of rows) {
    const lines = new Set<string>()
    t.strictSame(readTraces(env, lines), settings, JSON.stringify(env))
    t.equal(lines.size, 0)
  }
})

await t.test('readTraces: says what is wrong, where traces are wanted', async t => {
  const rows = [
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER: must be otlp or none'],
    [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL: must be http/protobuf or http/json'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, noAddress],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' }, noAddress]
  ] as const
  for (const [env, line] of rows) {
    const lines = new Set<string>()
    readTraces(env, lines)
    t.strictSame([...lines], [line])
    lines.clear()
    readTraces({ ...env, OTEL_TRACES_EXPORTER: 'none' }, lines)
    t.equal(lines.size, 0, 'not where they are off')
  }
})
