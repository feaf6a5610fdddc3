export interface Auth {
  /** Access token of the user */
  authId: string
  /** Milliseconds since 1970 */
  expiresAt: number
}

export interface Frame {
  /** Where the portal is: `https://example.bitrix24.com` */
  origin: string
  /** Interface language of the user: a code of Bitrix24, such as `la` */
  lang: string
  isAdmin: boolean
  /** The application is being installed: call `installFinish()` */
  isInstalling: boolean
  placement: { code: string, options: Record<string, unknown> }
  /** The user's token, a new one if it has expired. */
  getAuth: () => Promise<Auth>
  /** A new token, although the last one may still be good. */
  refreshAuth: () => Promise<Auth>
  /**
   * Calls a REST method of the portal as the user.
   *
   * @throws {RestError}
   */
  call: <R = unknown>(method: string, params?: object) => Promise<R>
  /**
   * Sends a command and waits for its answer. The portal does not answer what it does not know or does not allow here.
   *
   * @param params a string is sent as it is, as `setValue` wants it
   * @param timeout milliseconds; Infinity for what a person answers
   * @throws {FrameError}
   */
  send: (command: string, params?: object | string, timeout?: number) => Promise<unknown>
  /** Calls the listener for each answer to a command, until the function that it returns is called. */
  listen: (command: string, params: object, listener: (value: unknown) => void) => () => void
  /** The same for an event of the placement, such as `CallCard::BeforeClose`. */
  on: (event: string, listener: (value: unknown) => void) => () => void
  /** Makes the frame as high as the page. */
  fit: () => void
  /** Heading of the portal's page; only the application's own page has one. */
  setTitle: (title: string) => void
  /** Opens a page of the portal in its slider; resolves when that is closed, rejects when the portal would not. */
  openPath: (path: string) => Promise<void>
  /** Opens the application's page in the slider with these options; resolves when that is closed. */
  openApplication: (options?: object) => Promise<void>
  /** Closes the slider that the page is in. */
  close: () => void
  /** Tells the portal that the application is installed. It reloads the page. */
  installFinish: () => void
  /** Pending until somebody is chosen: the portal does not say when its dialog is closed without a choice. */
  selectUser: () => Promise<Person>
  selectUsers: () => Promise<Person[]>
  selectCrm: (options: SelectCrmOptions) => Promise<Record<string, CrmItem[]>>
  /** Stops listening; what waits for an answer is rejected. */
  destroy: () => void
}

export interface Person { id: string, name: string, photo?: string, position?: string, url?: string }
export interface CrmItem { id: string, title: string, type: string, url?: string, desc?: string, image?: string }
export interface SelectCrmOptions {
  entityType: Array<'lead' | 'contact' | 'company' | 'deal' | 'quote'>
  multiple?: boolean
  value?: unknown
}
