/** One switch of the panel: which trouble it sets to which value. Delays are numbers of milliseconds. */
interface Switch {
  label: string
  hint: string
  /** Name of the trouble; `rename` for the address of the portal. */
  name: string
  value: string | number
}

/** Switches that belong together. */
interface SwitchGroup {
  title: string
  switches: Switch[]
}

/** Every switch of the panel, in the order in which a call meets the parts. */
export const switchGroups: readonly SwitchGroup[] = [
  {
    title: 'Authorization server',
    switches: [
      { name: 'authorizationServer', value: 'down', label: 'Down', hint: 'The connection breaks.' },
      { name: 'authorizationServerDelay', value: 3000, label: 'Slow', hint: 'It waits before each answer.' },
      {
        name: 'authorizationServer',
        value: 'nonsense',
        label: 'Invalid answer',
        hint: 'It answers 200 with a page of HTML.'
      },
      { name: 'authorizationServer', value: 'error', label: 'Error', hint: 'It answers 500 with an error code.' }
    ]
  },
  {
    title: 'REST',
    switches: [
      { name: 'rest', value: 'down', label: 'Down', hint: 'The connection breaks.' },
      { name: 'restDelay', value: 3000, label: 'Slow', hint: 'It waits before each answer.' },
      { name: 'rest', value: 'limited', label: 'Too many requests', hint: 'QUERY_LIMIT_EXCEEDED.' },
      {
        name: 'rest',
        value: 'overtime',
        label: 'Too much time',
        hint: 'OPERATION_TIME_LIMIT: a method ran for 480 s in 10 minutes.'
      },
      { name: 'rest', value: 'unpaid', label: 'Not paid', hint: 'PAYMENT_REQUIRED, also of the authorization server.' },
      { name: 'rest', value: 'nonsense', label: 'Invalid answer', hint: 'It answers 200 with a page of HTML.' },
      { name: 'licence', value: 'enterprise', label: 'Enterprise plan', hint: '250 calls at once, five a second.' },
      { name: 'licence', value: 'basic', label: 'Plan without REST', hint: 'ACCESS_DENIED.' }
    ]
  },
  {
    title: 'Tokens of the next calls',
    switches: [
      { name: 'token', value: 'expired', label: 'Expired', hint: 'Their hour is over.' },
      { name: 'token', value: 'revoked', label: 'Revoked', hint: 'Nobody knows them any more.' },
      { name: 'token', value: 'foreign', label: 'Of another application', hint: 'Valid, but issued to somebody else.' },
      {
        name: 'refresh',
        value: 'cut',
        label: 'Refresh cut off',
        hint: 'The pair is refreshed, and the connection breaks before the answer has left.'
      }
    ]
  },
  {
    title: 'Portal and application',
    switches: [
      {
        name: 'rename',
        value: 'renamed',
        label: 'Portal renamed',
        hint: 'It moves to another address; the old one leads there by 302.'
      },
      {
        name: 'installation',
        value: 'unfinished',
        label: 'Installation not finished',
        hint: 'The authorization server says so; handlers are called all the same.'
      },
      {
        name: 'access',
        value: 'denied',
        label: 'Users without access',
        hint: 'Only administrators may use the application.'
      },
      {
        name: 'events',
        value: 'dropped',
        label: 'Updates drop event handlers',
        hint: 'As older portals do; today they are kept.'
      }
    ]
  }
]
