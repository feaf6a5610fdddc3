import ajvCompiler from '@fastify/ajv-compiler'
import jsonCompiler from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Gives a scope the parsers and the serializer of Fastify: its host may read JSON as bytes, or refuse it. */
export function useFastifysOwn (fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers()
  const json = fastify.getDefaultJsonParser('error', 'error')
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, json)
  fastify.addContentTypeParser('text/plain', { parseAs: 'string' }, async (_: FastifyRequest, text: string) => text)
  // The type wants a function; an instance begins with null, which lets the schemas of responses be used.
  fastify.setReplySerializer(null as never)
}

const buildValidator = ajvCompiler()
const buildSerializer = jsonCompiler()
// As in `serverOptions`: our own schemas have been checked by the tests.
const quick = { validateSchema: false, code: { optimize: false } }
const toJson = (value: unknown) => JSON.stringify(value)

/**
 * A host may check its routes with another library than Ajv, or with other options: forms need its conversions.
 *
 * @param isOurs whether the routes are our own, whose errors may come from the error handler of a host, in its form
 */
export function ownCompilers ({ setValidatorCompiler, setSerializerCompiler }: FastifyInstance, isOurs = false) {
  // The scopes of declarations refuse these methods, and hooks run in them, too.
  return (instance: FastifyInstance): void => {
    let validator: ReturnType<typeof buildValidator> | undefined
    let serializer: ReturnType<typeof buildSerializer> | undefined
    // When routes are compiled, all shared schemas are there; that they are objects, the type does not say.
    const schemas = () => instance.getSchemas() as Record<string, object>
    setValidatorCompiler.call(instance, route =>
      (validator ??= buildValidator(schemas(), { customOptions: isOurs ? quick : {} }))(route))
    setSerializerCompiler.call(instance, ({ httpStatus = '', ...route }) => isOurs && /^[45]/.test(httpStatus)
      ? toJson
      : (serializer ??= buildSerializer(schemas(), {}))({ ...route, httpStatus }))
  }
}

/** Gives a scope of our own routes all of that: a host, or an application, may have set others for theirs. */
export function useFastifysOwnFor (fastify: FastifyInstance): void {
  useFastifysOwn(fastify)
  ownCompilers(fastify, true)(fastify)
}
