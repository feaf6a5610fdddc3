// Every test of the package, which is built and packed once, and of the example that comes with it.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { spawnSuite } from '../spawn-suite.ts'
import { pack } from './packed.ts'

const root = join(import.meta.dirname, '../..')
const filesIn = (folder: string): string[] => globSync(`${folder}/*.test.ts`, { cwd: root }).sort()
// It takes longest.
const first = ['test/package/init.test.ts']
// They build into dist/, so one after the other. All others use what is packed, or the sources.
const building = ['test/package/build.test.ts', 'test/package/sbom.test.ts']
// Nothing is packed for these: they run while it is.
const fromSource = [filesIn('example/test'), ['test/package/demo.test.ts']]
const named = [first, building, ...fromSource].flat()
const others = filesIn('test/package').filter(file => !named.includes(file)).map(file => [file])
const suite = (files: string[], variables = {}) => spawnSuite({ name: files.join(' '), files }, variables)

t.jobs = availableParallelism() + 1
const early = fromSource.map(files => suite(files))
const variables = { PACKED: JSON.stringify(await pack()) }
await Promise.all([...early, ...[first, building, ...others].map(files => suite(files, variables))])
