/** Where a portal is found. */
export class PortalAddress {
  readonly name: string
  /** Origin, known once the portal listens. */
  url = ''
  /** Opens one more port for the same pages and tells its origin, always the same one. Set by the portal's server. */
  declare openSecondAddress: () => Promise<string>
  /** The origin that the portal had before it was renamed. */
  #formerUrl: string | undefined

  constructor (name: string) {
    this.name = name
  }

  /** host:port */
  get domain (): string {
    return new URL(this.url).host
  }

  /**
   * host:port as on Bitrix24's cloud. Browsers take every name below `localhost` for this machine; Node.js does not.
   */
  get cloudDomain (): string {
    return `${this.name.toLowerCase()}.bitrix24.localhost:${new URL(this.url).port}`
  }

  /** Whether the portal is at another address than at the start. */
  get renamed (): boolean {
    return this.#formerUrl !== undefined
  }

  /** Moves the portal to another port of this machine. The address before it leads there by 302 from now on. */
  async rename (): Promise<void> {
    const url = await this.openSecondAddress()
    if (this.renamed) return
    this.#formerUrl = this.url
    this.url = url
  }

  /** Moves the portal back to its first address. The second one leads there by 302 from now on. */
  renameBack (): void {
    this.url = this.#formerUrl ?? this.url
    this.#formerUrl = undefined
  }
}
