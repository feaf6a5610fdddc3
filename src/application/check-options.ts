import type { AppOptions } from '../app-options.ts'
import { checkOptions, optional, rule } from '../schemas/plugin-options.ts'

/** Checks the options of the service as a plugin. @throws TypeError */
export function checkAppOptions (options: AppOptions): void {
  const [isPath, what] = rule.slashPath
  checkOptions('app', options, {
    config: [value => typeof Object(value).publicUrl === 'string', 'be what loadConfig returns'],
    store: optional(rule.storeWith('install', 'onPortalChanged', 'close')),
    application: optional(rule.absolutePath),
    standalone: optional(rule.flag),
    prefix: optional([value => value === '' || isPath(value), what]),
    links: optional(rule.flag),
    shutdown: optional([value => value instanceof AbortSignal, 'be an AbortSignal']),
    checksClient: optional(rule.flag)
  })
}
