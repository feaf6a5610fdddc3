import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { toDeclaration } from '../../../plugins/placement-dispatch/check-settings.ts'
import type { BindSettings } from '../../../plugins/placement-dispatch/declaration.ts'

const file = '/app/placements/x.ts'
type Row = [code: string, settings: BindSettings, fault: string]

/** Checks that each is refused, in words that name the placement, the file and the fault. */
function refuses (t: Test, rows: Row[]): void {
  for (const [code, settings, fault] of rows) {
    t.throws(() => toDeclaration(code, file, settings), {
      code: 'B24_ERR_PLACEMENT_SETTING', message: `Placement ${code}, declared in ${file}: ${fault}`
    })
  }
}

await t.test('placement settings: a name tells handlers of one code apart', async t => {
  const form = 'name must be lower-case letters, digits and "-", at most 32'
  refuses(t, [
    ...['', 'Notes', 'a b', 'a:b', 'a&b', 'x'.repeat(33)].map((name): Row => ['LEFT_MENU', { name }, form]),
    ['REST_APP_URI', { name: 'notes' }, 'it has one handler, so it takes no name'],
    ['DEFAULT', { name: 'notes' }, 'it has one handler, so it takes no name'],
    ['PAGE_BACKGROUND_WORKER', { name: 'notes' }, 'only handlers for one user (userId) take a name']
  ])
  t.strictSame(toDeclaration('LEFT_MENU', file, { name: 'notes-2' }), {
    code: 'LEFT_MENU', name: 'notes-2', source: file
  })
})

await t.test('placement settings: one that there is not is refused, as it would set nothing', async t => {
  refuses(t, [
    ['LEFT_MENU', { titel: 'Notes' } as BindSettings, 'there is no setting "titel"'],
    ['LEFT_MENU', { title: 'Notes', isDefault: undefined } as BindSettings, 'there is no setting "isDefault"']
  ])
})

await t.test('placement settings: those of another type are refused, also in plain JavaScript', async t => {
  const rows: Array<[settings: object, fault: string]> = [
    [{ bind: 'false' }, 'bind must be false, or left out'],
    [{ bind: 0 }, 'bind must be false, or left out'],
    [{ bind: null }, 'bind must be false, or left out'],
    [{ name: 5 }, 'name must be lower-case letters, digits and "-", at most 32'],
    [{ name: ['notes'] }, 'name must be lower-case letters, digits and "-", at most 32'],
    ...['Y', 5, true, { width: '9', more: { height: 5 } }, { wide: true }, { width: null }].map(bindOptions =>
      [{ bindOptions }, 'bindOptions must be texts and numbers by their names'] as [object, string])
  ]
  refuses(t, rows.map(([settings, fault]): Row => ['HCMLINK_SALARY_VACATION', settings, fault]))
})

await t.test('placement settings: only the background worker is for one user', async t => {
  refuses(t, [
    ['LEFT_MENU', { userId: 1 }, 'only PAGE_BACKGROUND_WORKER takes a userId'],
    ['PAGE_BACKGROUND_WORKER', { userId: 0 }, 'userId must be the ID of a user'],
    ['PAGE_BACKGROUND_WORKER', { userId: 1.5 }, 'userId must be the ID of a user']
  ])
  t.match(toDeclaration('PAGE_BACKGROUND_WORKER', file, { name: 'ann', userId: 7 }), { name: 'ann', userId: 7 })
})

await t.test('placement settings: an icon is read from its file', async t => {
  const folder = t.testdir({
    'a.PNG': 'image', 'big.svg': 'x'.repeat(32 * 1024 + 1), 'full.gif': 'x'.repeat(32 * 1024), 'a.exe': '', 'b.png': {}
  })
  const at = (name: string) => join(folder, name)
  for (const icon of [at('a.PNG'), pathToFileURL(at('a.PNG'))]) {
    t.strictSame(toDeclaration('LEFT_MENU', file, { icon }).icon, ['a.PNG', Buffer.from('image').toString('base64')])
  }
  t.ok(toDeclaration('LEFT_MENU', file, { icon: at('full.gif') }).icon)
  refuses(t, [
    ['LEFT_MENU', { icon: at('a.exe') }, 'icon must be a file .png, .jpg, .gif or .svg'],
    ['LEFT_MENU', { icon: at('none.png') }, 'icon must be a file that is there'],
    ['LEFT_MENU', { icon: at('b.png') }, 'icon must be a file that is there'],
    ['LEFT_MENU', { icon: at('big.svg') }, 'icon must be at most 32 KB'],
    ['LEFT_MENU', { icon: new URL('https://cdn.example/a.png') }, 'icon must be a file, not another address']
  ])
})

await t.test('placement settings: texts are texts, also in plain JavaScript', async t => {
  const misspelt = ['german', 'DE', 'de-DE', 'en_US', ''].map(code => ({ en: 'Notes', [code]: 'Notizen' }))
  for (const name of ['title', 'description', 'groupName']) {
    for (const value of [5, true, ['a', 5], { de: 5 }, { de: { long: 'x' } }, ...misspelt]) {
      const settings = { [name]: value } as BindSettings
      refuses(t, [['LEFT_MENU', settings, `${name} must be a text, or texts by languages such as de`]])
    }
    t.ok(toDeclaration('LEFT_MENU', file, { [name]: null, bindOptions: null } as unknown as BindSettings))
  }
})

await t.test('placement settings: bindOptions are those that the docs list', async t => {
  const iconName = 'fa-cloud'
  const rights: Array<[code: string, bindOptions: Record<string, string | number>]> = [
    ['IM_SIDEBAR', { iconName, extranet: 'Y', role: 'ADMIN', context: 'USER;CHAT', color: 'MINT' }],
    ['IM_TEXTAREA', { iconName, width: 100, height: '50' }],
    ['IM_CONTEXT_MENU', {}],
    ['CRM_DYNAMIC_*_DETAIL_ACTIVITY', { useBuiltInInterface: 'Y', newUserNotificationTitle: 'Hello\nyou' }],
    ['CRM_REQUISITE_AUTOCOMPLETE', { countries: '1,4,6' }],
    ['TASK_VIEW_TAB', { groupId: 7 }],
    ['PAGE_BACKGROUND_WORKER', { errorHandlerUrl: 'https://widget.example/errors' }],
    ['CALL_CARD', {}],
    // Portals gain placements.
    ['HCMLINK_SALARY_VACATION', { width: 900 }],
    ['CRM_*', { anything: 'goes' }]
  ]
  for (const [code, bindOptions] of rights) {
    t.strictSame(toDeclaration(code, file, { bindOptions }), { bindOptions, code, source: file }, code)
  }
  const colors = 'RED, GREEN, MINT, LIGHT_BLUE, DARK_BLUE, PURPLE, AQUA, PINK, LIME, BROWN, AZURE, KHAKI, SAND, ' +
    'ORANGE, MARENGO, GRAY, GRAPHITE'
  const contexts = 'some of ALL, USER, CHAT, LINES, CRM, joined by ";"'
  const nothing = 'the portal knows no bindOptions.height: it takes none'
  refuses(t, [
    ['IM_SIDEBAR', {}, 'bindOptions.iconName is missing: the portal requires it'],
    ['IM_NAVIGATION', { bindOptions: { role: 'USER' } }, 'bindOptions.iconName is missing: the portal requires it'],
    ['IM_NAVIGATION', { bindOptions: { iconName, context: 'ALL' } },
      'the portal knows no bindOptions.context: it takes iconName, extranet, role'],
    ['IM_SIDEBAR', { bindOptions: { iconName: 'x'.repeat(51) } },
      'bindOptions.iconName must be the name of an icon, such as fa-cloud'],
    ['IM_SIDEBAR', { bindOptions: { iconName, color: 'red' } }, `bindOptions.color must be one of ${colors}`],
    ['IM_SIDEBAR', { bindOptions: { iconName, context: 'ALL;' } }, `bindOptions.context must be ${contexts}`],
    ['IM_TEXTAREA', { bindOptions: { iconName, width: -1 } }, 'bindOptions.width must be a whole number'],
    ['TASK_VIEW_TAB', { bindOptions: { groupId: '7, 8' } },
      'bindOptions.groupId must be numbers with commas between them'],
    ['CRM_DEAL_DETAIL_ACTIVITY', { bindOptions: { newUserNotificationText: '' } },
      'bindOptions.newUserNotificationText must be a text'],
    ['PAGE_BACKGROUND_WORKER', { bindOptions: { errorHandlerUrl: '/errors' } },
      'bindOptions.errorHandlerUrl must be an address'],
    ...['REST_APP_URI', 'LEFT_MENU', 'CRM_DEAL_DETAIL_TAB', 'CRM_DYNAMIC_*_LIST_MENU', 'TASK_USER_LIST_TOOLBAR']
      .map((code): Row => [code, { bindOptions: { height: 100 } }, nothing])
  ])
  t.ok(toDeclaration('IM_SIDEBAR', file, { bind: false }), 'what another method registers is its own affair')
})
