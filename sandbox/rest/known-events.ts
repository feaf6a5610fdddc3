import { dataEvents } from '../data-events.ts'

/** Events about the application itself, which need no scope. */
export const OF_THE_APPLICATION: readonly string[] = [
  'ONAPPUNINSTALL', 'ONAPPINSTALL', 'ONAPPUPDATE', 'ONAPPPAYMENT', 'ONAPPTEST', 'ONAPPMETHODCONFIRM', 'ONOFFLINEEVENT'
]

const changesOf = (...things: string[]): string[] =>
  things.flatMap(thing => ['ADD', 'UPDATE', 'DELETE'].map(change => thing + change))

/** Scopes, one of which is enough, and the events about what the sandbox does not have. */
const NEVER_SENT: ReadonlyArray<[scopes: string[], names: string[]]> = [
  [['imbot'], [
    ...['ONIMBOT', 'ONIMBOTV2'].flatMap(bot => [...changesOf(`${bot}MESSAGE`), `${bot}JOINCHAT`, `${bot}DELETE`]),
    'ONIMCOMMANDADD', 'ONIMBOTV2COMMANDADD', 'ONIMBOTV2CONTEXTGET', 'ONIMBOTV2REACTIONCHANGE'
  ]],
  [['imopenlines'], ['ONSESSIONSTART', 'ONSESSIONFINISH', ...changesOf('ONOPENLINEMESSAGE')]],
  [['imconnector', 'imopenlines'], [
    ...changesOf('ONIMCONNECTORMESSAGE'),
    ...['DIALOGSTART', 'DIALOGFINISH', 'STATUSDELETE', 'LINEDELETE'].map(name => `ONIMCONNECTOR${name}`)
  ]],
  [['sale'], [
    'ONSALEORDERSAVED', 'ONSALEBEFOREORDERDELETE',
    ...['PROPERTYVALUE', 'PAYMENT', 'SHIPMENT', 'ORDER'].flatMap(name => [`ON${name}ENTITYSAVED`, `ON${name}DELETED`])
  ]],
  [['catalog'], changesOf(...['MEASURE', 'PRICE', 'PRICE.TYPE', 'PRODUCT', 'ROUNDING', 'STORE']
    .map(name => `CATALOG.${name}.ON.`))],
  [['booking'], changesOf('ONBOOKING', 'ONBOOKINGRESOURCE', 'ONBOOKINGRESOURCETYPE', 'ONBOOKINGWAITLISTITEM')]
]

/** The events that the sandbox sends when something changes in it. */
const SENT = new RegExp('^ON(CRM(LEAD|DEAL|CONTACT|COMPANY|QUOTE|ACTIVITY|TIMELINECOMMENT|DYNAMICITEM)|TASK|' +
  'TASKCOMMENT|CALENDAR(ENTRY|SECTION))(ADD|UPDATE|DELETE)(_\\d+)?$|^ONCRMDEALMOVETOCATEGORY$|' +
  '^ONCRM(LEAD|DEAL|CONTACT|COMPANY|QUOTE|TYPE)USERFIELD(ADD|UPDATE|DELETE|SETENUMVALUES)$|^ONUSERADD$')

interface ScopedEvent {
  /** It needs one of them. */
  scopes: string[]
  /** Whether the sandbox sends it. */
  isSent: boolean
}

const scopedEvent = (name: string, ...scopes: string[]): [string, ScopedEvent] =>
  [name, { scopes, isSent: SENT.test(name) }]

/** The events about data of the portal, by their names. */
export const scopedEvents: ReadonlyMap<string, ScopedEvent> = new Map([
  ...[...dataEvents].map(([name, scope]) => scopedEvent(name, scope)),
  ...NEVER_SENT.flatMap(([scopes, names]) => names.map(name => scopedEvent(name, ...scopes)))
])

/** Whether an application with the scopes `granted` has one of those that are needed. */
export const isGranted = (scopes: readonly string[], granted: readonly string[]): boolean =>
  scopes.some(scope => granted.includes(scope))
