/** A file that a method answers instead of JSON. */
export class FileAnswer {
  readonly name: string
  readonly content: Buffer

  constructor (name: string, content: Buffer) {
    this.name = name
    this.content = content
  }
}
