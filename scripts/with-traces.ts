// For an image that traces: makes OpenTelemetry a production dependency in package.json of the working directory, with
// the versions of the lock file.
import { readFileSync, writeFileSync } from 'node:fs'

const card = JSON.parse(readFileSync('package.json', 'utf8'))
for (const [name, range] of Object.entries(card.devDependencies)) {
  if (!/^@opentelemetry\/|^@fastify\/otel$/.test(name)) continue
  card.dependencies[name] = range
  delete card.devDependencies[name]
}
writeFileSync('package.json', JSON.stringify(card, null, 2))
