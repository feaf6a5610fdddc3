import type { ApiInit } from './api.ts'
import type { Frame } from './frame-types.ts'
import type { Page } from './page-data.ts'

/** Stands for the portal and the service, where a page is opened without them. */
export interface Mock<T = unknown> {
  page: Page<T>
  frame: Frame
  api: ((path: string, init: ApiInit) => unknown) | undefined
}

export interface MockOptions<T> extends Partial<Page<T>> {
  data: T
  /** Methods of the frame that the page needs to answer in its own way */
  frame?: Partial<Frame>
  /** Answers the calls of `api`. Default: they are sent, for a tool that answers `fetch` */
  api?: (path: string, init: ApiInit) => unknown
}

const hour = 3_600_000

/** A portal for a page that is opened alone, as in a test: `bootstrap({ mock: mockFrame({ data }) })`. */
export function mockFrame<T> ({ frame, api, ...given }: MockOptions<T>): Mock<T> {
  const page: Page<T> = {
    portal: { memberId: 'mock', domain: 'portal.example', origin: 'https://portal.example' },
    user: { id: 1 },
    lang: 'en',
    locale: 'en',
    dir: 'ltr',
    placement: 'DEFAULT',
    screen: null,
    ...given
  }
  const done = async () => {}
  const nothing = () => {}
  const getAuth = async () => ({ authId: 'mock', expiresAt: Date.now() + hour })
  return {
    page,
    api,
    frame: {
      origin: page.portal.origin,
      lang: page.lang,
      isAdmin: false,
      isInstalling: false,
      placement: { code: page.placement, options: {} },
      getAuth,
      refreshAuth: getAuth,
      call: unanswered('call'),
      send: done,
      listen: () => nothing,
      on: () => nothing,
      fit: nothing,
      setTitle: nothing,
      openPath: done,
      openApplication: done,
      close: nothing,
      installFinish: nothing,
      selectUser: unanswered('selectUser'),
      selectUsers: unanswered('selectUsers'),
      selectCrm: unanswered('selectCrm'),
      destroy: nothing,
      ...frame
    }
  }
}

/** What only the developer can answer. */
const unanswered = (name: string) => async () => {
  throw new Error(`mockFrame: give frame.${name}, which this page calls`)
}
