import { existsSync } from 'node:fs'
import { Eta } from 'eta'

/** An engine that looks a template up in several folders: the first that has it wins. */
export function createTemplates (folders: readonly string[]): { engine: Eta, add: (folder: string) => void } {
  const engine = new Eta()
  const resolveIn = engine.resolvePath
  const scopes = folders.map(folder => engine.withConfig({ views: folder }))
  const known = new Map<string, string>()
  engine.resolvePath = name => {
    const path = known.get(name) ?? scopes.map(scope => resolveIn.call(scope, name)).find(existsSync)
    if (path === undefined) throw new Error(`There is no view "${name}"`)
    known.set(name, path)
    return path
  }
  return { engine, add: folder => { scopes.push(engine.withConfig({ views: folder })) } }
}
