import { resultMethods } from './tasks/result-methods.ts'
import { taskMethods } from './tasks/task-methods.ts'
import type { V3Method } from './v3-method.ts'

/** The scope that all of them need. */
export const SCOPE = 'tasks'

/** The methods that the sandbox has in REST 3.0, by their names. */
export const v3Methods: ReadonlyMap<string, V3Method> = new Map(Object.entries({ ...taskMethods, ...resultMethods }))

/** The answer of rest.documentation.openapi: what can be called. */
export const documentation = () => ({
  openapi: '3.0.0',
  info: { title: 'Bitrix24 REST V3 API', version: '1.0.0' },
  tags: [{ name: 'tasks', description: 'tasks module methods' }],
  paths: Object.fromEntries([...v3Methods.keys()].map(name => [`/${name}`, { post: { tags: ['tasks'] } }]))
})
