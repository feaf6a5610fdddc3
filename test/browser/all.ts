// Every test of the pages, in a few processes.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { cut, spawnSuite } from '../spawn-suite.ts'

const files = globSync('test/browser/**/*.test.ts', { cwd: join(import.meta.dirname, '../..') }).sort()
t.jobs = availableParallelism() + 1
await Promise.all(cut('pages', files, 5).map(part => spawnSuite(part)))
