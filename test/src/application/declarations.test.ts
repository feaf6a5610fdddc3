import { join } from 'node:path'
import t, { type Test } from 'tap'
import placementDispatch from '../../../plugins/placement-dispatch/index.ts'
import { loadDeclarations } from '../../../src/application/declarations.ts'
import { build } from '../../build.ts'

/** A file with a plugin that runs this code. */
const plugin = (code: string) => `export default async function plugin (fastify) { ${code} }`
const declares = (...codes: string[]) =>
  plugin(codes.map(code => `fastify.placement('${code}', async () => 'ok')`).join('\n'))

type Folder = Record<string, string | Record<string, string>>

/** Loads folders of placement files. */
async function load (t: Test, ...folders: Folder[]) {
  const fastify = await build(t, app => app.register(placementDispatch))
  const root = t.testdir({ 'package.json': '{"type":"module"}', ...Object.fromEntries(folders.entries()) })
  const paths = folders.map((_, index) => join(root, String(index)))
  await fastify.register(async scope => await loadDeclarations(scope, 'placement', paths))
  await fastify.ready()
  return { fastify, names: fastify.placements.all().map(({ code }) => code), root }
}

await t.test('loadDeclarations: loads files in order, and folders by their index', async t => {
  const { fastify, names, root } = await load(t, {
    'LEFT_MENU.mjs': declares('LEFT_MENU'),
    'types.d.mts': '',
    'CRM_DYNAMIC_XXX_DETAIL_TAB.js': declares('CRM_DYNAMIC_*_DETAIL_TAB', 'CRM_DEAL_DETAIL_TAB'),
    'README.md': 'text',
    'types.d.ts': '',
    CALL_CARD: {
      'index.js': `export default (fastify, options, done) => {
        fastify.placement('CALL_CARD', async () => 'ok')
        done()
      }`,
      'other.js': 'this is no JavaScript'
    },
    empty: { 'other.js': '' }
  })
  t.strictSame(names, ['CALL_CARD', 'CRM_DYNAMIC_*_DETAIL_TAB', 'CRM_DEAL_DETAIL_TAB', 'LEFT_MENU'])
  t.strictSame(fastify.placements.all().map(({ source }) => source.replace(root, '')),
    ['/0/CALL_CARD/index.js', ...Array(2).fill('/0/CRM_DYNAMIC_XXX_DETAIL_TAB.js'), '/0/LEFT_MENU.mjs'])
})

await t.test('loadDeclarations: refuses obvious mistakes, naming the files', async t => {
  const hook = { code: 'B24_ERR_DECLARATION_HOOK', message: /\/A\.js calls \w+, .* use preHandler in .* in plugins\/$/ }
  const rows: Array<[name: string, folders: Folder[], error: { code: string, message: RegExp }]> = [
    ['no default export', [{ 'A.js': 'export const plugin = 1' }],
      { code: 'B24_ERR_EXPORT_MISSING', message: /\/0\/A\.js has no plugin as its default export$/ }],
    ['no error', [{ 'A.js': 'throw null' }], { code: 'B24_ERR_APPLICATION_FILE', message: /\/0\/A\.js: throws null$/ }],
    ['no declaration', [{ 'A.js': plugin('') }],
      { code: 'B24_ERR_DECLARATION_NAME', message: /\/A\.js must declare the placement A, after which it is named$/ }],
    ['another code', [{ 'A.js': declares('B') }],
      { code: 'B24_ERR_DECLARATION_NAME', message: /\/A\.js must declare the placement A, after which it is named$/ }],
    ['two files of one code', [{ 'A.js': declares('A'), A: { 'index.js': declares('A') } }],
      { code: 'B24_ERR_PLACEMENT_DUPLICATED', message: /^Placement A is .* in \S+\/A\/index\.js and in \S+\/A\.js$/ }],
    ['families that overlap', [{ 'A.js': declares('A', 'CRM_*_TAB'), 'B.js': declares('B', 'CRM_DEAL_*') }],
      { code: 'B24_ERR_PLACEMENT_AMBIGUOUS', message: /_\*_TAB and CRM_DEAL_\* .* in \S+\/A\.js and in \S+\/B\.js$/ }],
    ['no code', [{ 'A.js': declares('crm deal') }],
      { code: 'B24_ERR_PLACEMENT_CODE', message: /^crm deal is not a placement code or pattern: / }],
    ['a hook', [{ 'A.js': plugin("fastify.addHook('preHandler', async () => {})") }], hook],
    ['an error handler', [{ 'A.js': plugin('fastify.setErrorHandler(() => {})') }], hook],
    ['a request decorator', [{ 'A.js': plugin("fastify.decorateRequest('deal', null)") }], hook],
    ['a hook inside', [{ 'A.js': plugin("await fastify.register(async a => a.addHook('onSend', () => {}))") }], hook]
  ]
  for (const [name, folders, error] of rows) await t.test(name, async t => await t.rejects(load(t, ...folders), error))
})

await t.test('loadDeclarations: lets what is declared replace files of that name', async t => {
  const { fastify, names, root } = await load(t,
    { 'DEFAULT.js': declares('DEFAULT'), 'LEFT_MENU.js': declares('LEFT_MENU', 'CRM_DYNAMIC_*_DETAIL_TAB') },
    { 'CRM_DYNAMIC_XXX_DETAIL_TAB.js': 'this is no JavaScript', 'DEFAULT.js': declares('DEFAULT') })
  t.strictSame(names, ['DEFAULT', 'LEFT_MENU', 'CRM_DYNAMIC_*_DETAIL_TAB'])
  t.equal(fastify.placements.all()[0]?.source, `${root}/0/DEFAULT.js`)
})
