import t from 'tap'
import { cspSources } from '../../../plugins/frame-ancestors/index.ts'

t.test('cspSources: gives sources that browsers read in a policy', async t => {
  const rows: Array<[origin: string, sources: string[]]> = [
    ['https://portal.example', ['https://portal.example']],
    ['https://portal.example.:8443', ['https://portal.example.:8443']],
    // Browsers accept no underscore in a policy.
    ['https://b24_test.example.com', ['https://b24_test.example.com', 'https://*.example.com']],
    ['http://a_b.c_d.example.com:8080', ['http://a_b.c_d.example.com:8080', 'http://*.example.com:8080']],
    ['https://b24_test.corp.local', ['https://b24_test.corp.local', 'https://*.corp.local']],
    ['https://b24_test.local', ['https://b24_test.local', 'https://*.local']],
    // Not a whole top-level domain.
    ['https://b24_test.com', ['https://b24_test.com']],
    ['https://b24_test.com.', ['https://b24_test.com.']],
    ['http://b24_test', ['http://b24_test']],
    ['https://portal.example_com', ['https://portal.example_com']]
  ]
  for (const [origin, sources] of rows) t.strictSame(cspSources(origin), sources, origin)
})
