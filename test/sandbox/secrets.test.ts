import t from 'tap'
import { isSecret, shorten, withoutSecrets } from '../../sandbox/secrets.ts'

const secret = 'ab/c-d_e.f0123456789'

await t.test('secrets: knows the names of fields that open something', async t => {
  const secrets = ['auth', 'AUTH_ID', 'REFRESH_ID', 'APP_SID', 'APPLICATION_TOKEN', 'client_secret', 'sessid',
    'auth[access_token]', 'auth[0]', 'AUTH_ID[]', 'a[b][refresh_token]', 'code', 'code[1]']
  for (const name of secrets) t.equal(isSecret(name), true, name)
  for (const name of ['author', 'AUTH_EXPIRES', 'member_id', 'auth[domain]', 'CODE', 'data[code]', 'PLACEMENT',
    'postcode']) {
    t.equal(isSecret(name), false, name)
  }
})

await t.test('secrets: a secret is shortened to what is enough to recognise it', async t => {
  t.strictSame(['', '12345678', '123456789'].map(shorten), ['…', '…', '1234…'])
})

await t.test('secrets: secrets within texts are shortened, the rest stays', async t => {
  const rows: Array<[text: string, readable: string]> = [
    [`auth=${secret}&id=1`, 'auth=ab/c…&id=1'],
    [`placement.get?id=1&auth[access_token]=${secret}`, 'placement.get?id=1&auth[access_token]=ab/c…'],
    [`auth[0]=${secret}`, 'auth[0]=ab/c…'],
    [JSON.stringify({ URI: `/crm/?sessid=${secret}#top` }), '{"URI":"/crm/?sessid=ab/c…#top"}'],
    [JSON.stringify({ AUTH_ID: secret, id: 1 }), '{"AUTH_ID":"ab/c…","id":1}'],
    [JSON.stringify({ auth: { access_token: secret, domain: 'x' } }), '{"auth":{"access_token":"ab/c…","domain":"x"}}'],
    [JSON.stringify({ auth: [secret] }), '{"auth":["ab/c…"]}'],
    [JSON.stringify({ auth: ['short', secret], id: 1 }), '{"auth":["…","ab/c…"],"id":1}'],
    [JSON.stringify({ auth: [[secret], [secret]], list: [1] }), '{"auth":[["ab/c…"],["ab/c…"]],"list":[1]}'],
    [JSON.stringify({ sessid: 123456789 }), '{"sessid":1234…}'],
    [JSON.stringify(JSON.stringify({ REFRESH_ID: secret })), '"{\\"REFRESH_ID\\":\\"ab/c…\\"}"'],
    [JSON.stringify({ APP_SID: secret }).replaceAll('/', '\\/'), '{"APP_SID":"ab\\/…"}'],
    [`{"text":"{\\u0022AUTH_ID\\u0022:\\u0022${secret}\\u0022}"}`,
      '{"text":"{\\u0022AUTH_ID\\u0022:\\u0022ab/c…\\u0022}"}'],
    [`{"URI":"/?id=1\\u0026sessid=${secret}\\u0026id=2"}`, '{"URI":"/?id=1\\u0026sessid=ab/c…\\u0026id=2"}'],
    [encodeURIComponent(`?auth[access_token]=${secret}`), '%3Fauth%5Baccess_token%5D%3Dab%2…'],
    [encodeURIComponent(encodeURIComponent(JSON.stringify({ sessid: secret }))),
      '%257B%2522sessid%2522%253A%2522ab%2…'],
    ['auth: Emil; author=Emil Novak; unauth=Emil Novak', 'auth: Emil; author=Emil Novak; unauth=Emil Novak']
  ]
  for (const [text, readable] of rows) t.equal(withoutSecrets(text), readable)
})

await t.test('secrets: tokens and known values are shortened under any name', async t => {
  const token = '0123456789abcdef'.repeat(5).slice(0, 70)
  const rows: Array<[text: string, readable: string]> = [
    [`/rest/1/${token}/profile`, '/rest/1/0123…/profile'],
    [`?a=${token}&b=${token.toUpperCase()}`, '?a=0123…&b=0123…'],
    [encodeURIComponent(`?token=${token}`), '%3Ftoken%3D01…'],
    [`{"note":"\\u0022${token}"}`, '{"note":"\\u0022…"}'],
    [`the secret is opensesame.${token.slice(1)}`, `the secret is open….${token.slice(1)}`]
  ]
  for (const [text, readable] of rows) t.equal(withoutSecrets(text, ['opensesame']), readable)
  const text = 'x'.repeat(1990) + token
  t.equal(withoutSecrets(text, [], 2000), `${'x'.repeat(1990)}0123…`)
})

// Where the time grew with the square of the length, this would not come back.
await t.test('secrets: long texts that nearly match are read in linear time', async t => {
  const rows = ['\\', '%25', 'auth[0]', '"auth":[', '"auth" ', 'a', '],[', '"auth":[[],']
  for (const part of rows) {
    const text = part.repeat(1_000_000 / part.length)
    t.equal(typeof withoutSecrets(text), 'string', part)
    t.equal(isSecret(text), false, part)
  }
})
