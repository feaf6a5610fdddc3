import type { AppOptions } from '../app-options.ts'
import { checkOptions, optional, rule } from '../schemas/plugin-options.ts'

/** Checks the options of the service as a plugin. @throws TypeError */
export function checkAppOptions (options: AppOptions): void {
  checkOptions('app', options, {
    config: [value => typeof Object(value).publicUrl === 'string', 'be what loadConfig returns'],
    store: optional(rule.storeWith('install', 'onPortalChanged', 'close')),
    application: optional(rule.absolutePath),
    standalone: optional(rule.flag),
    prefix: [() => true, ''], // Fastify has read it
    links: optional(rule.flag),
    shutdown: optional([value => value instanceof AbortSignal, 'be an AbortSignal']),
    checksClient: optional(rule.flag)
  })
}
