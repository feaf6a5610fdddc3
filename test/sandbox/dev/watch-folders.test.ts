import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { watchFolders } from '../../../sandbox/dev/watch-folders.ts'
import { until } from '../../until.ts'

await t.test('watch: sees what is written, replaced and removed in every folder', async t => {
  const root = t.testdir({ views: { 'a.eta': '' }, node_modules: { 'x.js': '' }, test: {} })
  const seen = new Set<string>()
  const end = watchFolders(root, paths => { for (const path of paths) seen.add(path) })
  t.after(end)
  const sees = async (path: string, change: () => void) => {
    seen.clear()
    change()
    await until(() => seen.has(path))
    t.pass(path)
  }
  const write = (path: string) => { writeFileSync(join(root, path), 'x') }
  await sees('views/a.eta', () => { write('views/a.eta') })
  await sees('views/a.eta', () => {
    write('views/.a.swp')
    renameSync(join(root, 'views/.a.swp'), join(root, 'views/a.eta'))
  })
  await sees('views/a.eta', () => { write('views/a.eta') })
  await sees('locales', () => { mkdirSync(join(root, 'locales')) })
  await sees('locales/en.json', () => { write('locales/en.json') })
  await sees('locales', () => { rmSync(join(root, 'locales'), { recursive: true }) })
  seen.clear()
  write('node_modules/x.js')
  write('test/x.test.ts')
  write('views/.a.eta.swp')
  await sees('views/b.eta', () => { write('views/b.eta') })
  t.strictSame([...seen], ['views/b.eta'], 'and nothing that is not of the running application')
})
