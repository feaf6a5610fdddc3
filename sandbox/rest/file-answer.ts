import type { FastifyReply } from 'fastify'
import type { Entry } from '../content.ts'

/** A file that a method answers instead of JSON. */
export class FileAnswer {
  readonly name: string
  readonly content: Buffer

  constructor (name: string, content: Buffer) {
    this.name = name
    this.content = content
  }
}

/** What a file of the drive holds, or a version of it. */
export const contentOf = ({ title, fields }: Entry): FileAnswer =>
  new FileAnswer(title, Buffer.from(String(fields.CONTENT), 'base64'))

/** Sends a file that browsers keep and do not show. */
export const sendFile = (reply: FastifyReply, { name, content }: FileAnswer): FastifyReply => reply
  .type('application/octet-stream')
  .header('content-disposition', `attachment; filename*=utf-8''${encodeURIComponent(name)}`)
  .send(content)
