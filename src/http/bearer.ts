import type { FastifyRequest } from 'fastify'

/** What a request carries as `Authorization: Bearer`, in whatever case; '' for none. */
export const bearerOf = ({ headers }: Pick<FastifyRequest, 'headers'>): string => /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
