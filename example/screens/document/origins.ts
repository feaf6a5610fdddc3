import { ConfigError, type Config } from 'fastify-bitrix24'

/**
 * The servers whose documents may be shown, from the variable DOCUMENT_ORIGINS.
 *
 * @throws {ConfigError} one sentence, which ends the start
 */
export function readOrigins (
  text: string | undefined, { allowInsecurePortals, publicUrl }: Pick<Config, 'allowInsecurePortals' | 'publicUrl'>
): string[] {
  const parts = (text ?? '').split(',').map(part => part.trim()).filter(part => part !== '')
  const protocols = allowInsecurePortals === false ? ['https:'] : ['https:', 'http:']
  return parts.map(part => {
    const url = URL.parse(part)
    if (url === null || !protocols.includes(url.protocol) || url.href !== `${url.origin}/`) {
      throw new ConfigError('DOCUMENT_ORIGINS: must be https:// addresses without a path, separated by commas')
    }
    // A page of our own origin could break out of the frame it is shown in.
    if (url.origin === new URL(publicUrl).origin) {
      throw new ConfigError('DOCUMENT_ORIGINS: must be other servers than this one')
    }
    return url.origin
  })
}
