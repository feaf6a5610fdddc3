import { gzipSync } from 'node:zlib'
import t from 'tap'
import { bundle } from './bundle.ts'

const most = 5 * 1000

await t.test('client: weighs less than 5 kB compressed', async t => {
  const rows: Array<[name: string, text: string]> = [
    ['what pages need', "import { api, b24, bootstrap, frame } from 'fastify-bitrix24/client'\n" +
      'Object.assign(window, { api, b24, bootstrap, frame })'],
    ['all', "import * as all from 'fastify-bitrix24/client'\nObject.assign(window, { all })"],
    ['vue', "import { useBitrix24 } from 'fastify-bitrix24/client/vue'\nObject.assign(window, { useBitrix24 })"],
    ['react', "import { useBitrix24 } from 'fastify-bitrix24/client/react'\nObject.assign(window, { useBitrix24 })"]
  ]
  for (const [name, text] of rows) {
    const files = await bundle(t, text, ['vue', 'react', '@bitrix24/b24jssdk'])
    const main = String(files.get('main.js'))
    const size = gzipSync(main).length
    t.comment(`${name}: ${size} bytes`)
    t.ok(size > 2000 && size < most, `${name}: ${size} bytes`)
    t.notMatch(main, 'b24jssdk', 'the SDK is imported by a file of its own')
    t.ok([...files].some(([file, code]) => file !== 'main.js' && code.includes('@bitrix24/b24jssdk')))
  }
})
