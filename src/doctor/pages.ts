import type { LightMyRequestResponse } from 'fastify'
import type { Assembled } from './assemble.ts'
import { find, sentence, type Finding } from './finding.ts'

// Too little to be a call: whoever refuses it in our words is the service.
export const form = {
  method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'doctor=1'
} as const

/** What the service answers in this process, without a proxy: a page, and a form that it refuses. */
export interface OwnAnswers { page: LightMyRequestResponse, refusal: LightMyRequestResponse }

export async function ownAnswers ({ fastify, errors }: Assembled): Promise<OwnAnswers & { findings: Finding[] }> {
  const page = await fastify.inject('/placement')
  const refusal = await fastify.inject({ ...form, url: '/placement', payload: form.body })
  const isBroken = [page, refusal].some(({ statusCode }) => statusCode >= 500)
  return { page, refusal, findings: isBroken ? [find('pages', sentence(errors.join('; ')))] : [] }
}
