/** What a page of `reply.app` is told: the server writes it, `bootstrap()` reads it. */
export interface PageData<T = unknown> extends Page<T> {
  /** Page session for `Authorization: Bearer` */
  session: string
  /** What stands before the paths of the service, such as `/b24`; '' for nothing */
  base: string
  /** For errors that the service cannot word, in the user's language. Default: in English */
  texts?: Texts
}

/** What `bootstrap()` gives the page. */
export interface Page<T = unknown> {
  /** What the handler gave its page */
  data: T
  portal: { memberId: string, domain: string, origin: string }
  user: { id: number }
  /** Interface language of the user: a code of Bitrix24, such as `la` */
  lang: string
  /** The same as a language tag of browsers, such as `es` */
  locale: string
  /** Direction of the language */
  dir: 'ltr' | 'rtl'
  /** Code of the placement */
  placement: string
  /** The screen that a link opened, with its parameters; null: this is not a screen */
  screen: { name: string, params: Record<string, unknown> } | null
}

export interface Texts {
  /** The service does not answer */
  unreachable: string
  /** The session has ended, and the portal does not help to get another one */
  expired: string
}
