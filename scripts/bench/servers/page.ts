// The page that the servers of npm run bench answer with: our view of a link, with the data that our handler gives it.
import { join } from 'node:path'
import { Eta } from 'eta'
import { createI18n } from '../../../plugins/page/i18n.ts'

const root = join(import.meta.dirname, '../../..')
const placements = join(root, 'routes/placements')
const asset = (file: string) => `/assets/${file}?v=123456789012`
const i18n = createI18n()
i18n.add(join(placements, 'locales'))
export const { t, tag, dir, name: language } = i18n.resolve('en')

export const { PORT: port, DOMAIN: domain = '', SESSION: session = '' } = process.env
export const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': process.env['POLICY'] ?? ''
}

/** What @fastify/view is registered with, as its documentation says. */
export const viewOptions = () => {
  const eta = new Eta({ cache: true })
  const [ofPage, ofPlacements] = [join(root, 'plugins/page/views'), join(placements, 'views')]
  eta.resolvePath = view =>
    view === 'code-words' ? join(ofPage, 'code-words.eta') : join(view === 'layout.eta' ? ofPage : ofPlacements, view)
  return {
    engine: { eta },
    root: join(root, 'plugins/page/views'),
    viewExt: 'eta',
    layout: 'layout',
    production: true
  }
}

/** The data of the page; `session` is what its script identifies the user by. */
export const pageData = (meta = session) => ({
  t,
  base: '',
  page: { lang: tag, dir, title: t('link.title'), meta: { 'page-session': meta } },
  assets: {
    tokens: asset('b24-tokens.css'), css: asset('page.css'), script: asset('page.js'), sdk: asset('b24jssdk.js')
  },
  params: [{ name: 'test', value: 'y', type: 'string' }, { name: 'docId', value: '42', type: 'string' }],
  user: { id: 1 },
  portal: { domain },
  uri: `http://${domain}/company/personal/user/1/blog/`,
  language,
  code: 'REST_APP_URI'
})
