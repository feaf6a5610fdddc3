import type { FastifyRequest } from 'fastify'

type HasHeaders = Pick<FastifyRequest, 'headers'>

/** What a request carries as `Authorization: Bearer`, in upper or lower case; '' for none. */
export const bearerOf = ({ headers }: HasHeaders): string =>
  /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''

/** Whether a person reads the answer: a program asks for no pages. */
export const acceptsPage = ({ headers }: HasHeaders): boolean => headers.accept?.includes('text/html') === true
