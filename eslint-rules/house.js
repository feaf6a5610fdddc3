// Who may import what. src: nothing of plugins and routes, but where the service is put together. A plugin: src and
// itself, and types of other plugins. Nothing of the service: the sandbox or the tests. The example: only itself.
import { dirname, relative, resolve, sep } from 'node:path'

const assembly = ['src/app.ts', 'src/index.ts']
const service = ['src', 'plugins', 'routes']

/** @returns {string | undefined} what is wrong with an import, given two paths from the root of the project */
function faultOf (file, target, isType) {
  const [room, plugin] = file.split('/')
  const [targetRoom, targetPlugin] = target.split('/')
  if (room === 'example' && targetRoom !== room) return "import from 'fastify-bitrix24', as any application"
  if (!service.includes(room)) return undefined
  // What server and browser tell each other
  if (targetRoom === 'client' && isType) return undefined
  if (!service.includes(targetRoom)) return `${room}/ imports nothing from ${targetRoom}/`
  if (room === 'src' && targetRoom !== 'src' && !assembly.includes(file)) {
    return `only ${assembly.join(' and ')} import from ${targetRoom}/`
  }
  if (room !== 'plugins' || targetRoom === 'src') return undefined
  if (targetRoom === 'routes') return 'a plugin imports from src/ and from itself'
  return plugin === targetPlugin || isType ? undefined : 'of another plugin, import types only: use its decorator'
}

export default {
  meta: { type: 'problem', schema: [], messages: { fault: '{{fault}}' } },
  create ({ cwd, filename, report }) {
    const fromRoot = path => relative(cwd, path).split(sep).join('/')
    const check = ({ source, importKind, exportKind }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return
      const target = fromRoot(resolve(dirname(filename), source.value))
      const fault = faultOf(fromRoot(filename), target, importKind === 'type' || exportKind === 'type')
      if (fault !== undefined) report({ node: source, messageId: 'fault', data: { fault } })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check
    }
  }
}
