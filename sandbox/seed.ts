import type { NewEntry } from './content.ts'
import { crmExamples } from './crm-examples.ts'
import { exampleLink } from './example-links.ts'
import type { ExampleLinkName } from './example-links.ts'
import type { Portal } from './portal.ts'
import { directoryExamples } from './rest/crm/directories.ts'
import { chatExamples } from './rest/im/dialog.ts'
import { departmentExamples } from './rest/people/departments.ts'

const HOUR = 3_600_000

function texts (portal: Portal): NewEntry[] {
  const { admin, employee, designer, accountant } = portal.users
  const { code, id, name } = portal.state.application
  // Another city on each portal, so that one sees where one is.
  const city = portal.name === 'Alpha' ? 'Berlin' : 'Hamburg'
  const view = `/marketplace/view/${code}/`
  const nested =
    `${view}?params[docId]=42&params[filter][city]=${city}&params[filter][tags][]=urgent&params[filter][tags][]=today`
  const tomorrow = new Date(Date.now() + 24 * HOUR).toISOString().slice(0, 10)
  const outside = `https://example.com${view}?params[docId]=42`
  const note = exampleLink(portal, 'note', 'Delivery note 42')
  return [
    {
      kind: 'post',
      authorId: admin.id,
      text: `Everybody can now use [B]${name}[/B]. [URL=/marketplace/app/${id}/]Its own page is here[/URL], ` +
        'and [URL=/placements/]these are the places[/URL] where it shows up.',
      fields: { linkId: 'link-app' }
    },
    {
      kind: 'post',
      authorId: designer.id,
      text: `For comparison, a link to another site: [URL=${outside}]terms of the carrier[/URL]. ` +
        'It opens in a tab of its own and not in the slider.',
      fields: { linkId: 'link-external' }
    },
    {
      kind: 'post',
      authorId: employee.id,
      text: `For developers: a raw link. The page shows what the application received.\n${view}?params[docId]=42`,
      fields: { linkId: 'link-simple' }
    },
    {
      kind: 'comment',
      parent: '3',
      authorId: admin.id,
      text: `The same with a nested parameter: [URL=${nested}]urgent deliveries to ${city}[/URL]`,
      fields: { linkId: 'link-nested' }
    },
    {
      kind: 'message',
      parent: 'chat2',
      authorId: employee.id,
      text: `The truck to ${city} leaves at 10:30, with ${note}.`
    },
    {
      kind: 'message',
      parent: 'chat2',
      authorId: accountant.id,
      text: `The invoice for ${exampleLink(portal, 'nextNote', 'Delivery note 43')} is paid.\n` +
        'The carrier tracks it at https://example.com/tracking'
    },
    {
      kind: 'channel-message',
      parent: 'imol|1',
      authorId: employee.id,
      text: `Your order leaves ${city} tomorrow; the carrier tracks it at https://example.com/tracking\n` +
        `The papers: ${view}?params[docId]=42`
    },
    {
      kind: 'task',
      id: 31,
      authorId: admin.id,
      title: `Prepare the delivery to ${city}`,
      text: `Check the quantities on ${note}.\nThe rules of the carrier: https://example.com/rules`,
      fields: { RESPONSIBLE_ID: employee.id }
    },
    {
      kind: 'task-comment',
      parent: '31',
      authorId: designer.id,
      text: `The labels are printed, and ${exampleLink(portal, 'lastNote', 'Delivery note 44')} is done.`
    },
    {
      kind: 'event',
      authorId: admin.id,
      title: `Meeting with the warehouse in ${city}`,
      text: `The agenda: ${exampleLink(portal, 'deal', `Furniture for an office in ${city}`)}\n` +
        'On the map: https://example.com/map',
      fields: { DATE_FROM: `${tomorrow}T10:00`, DATE_TO: `${tomorrow}T11:00` }
    },
    ...crmExamples(portal, city),
    ...screenPosts(portal, city, note)
  ]
}

/** Posts about screens, which only applications with such a screen get. They are the newest, on top of the feed. */
function screenPosts (portal: Portal, city: string, note: string): NewEntry[] {
  const { employee, designer, accountant } = portal.users
  const deal = exampleLink(portal, 'deal', `Furniture for an office in ${city}`)
  const approval = exampleLink(portal, 'approval', 'Approval: twelve chairs for the meeting room')
  const posts: Array<NewEntry & { about: ExampleLinkName }> = [
    { about: 'deal', kind: 'post', authorId: accountant.id, text: `The customer has called about the deal ${deal}.` },
    { about: 'approval', kind: 'post', authorId: designer.id, text: `Anna, may I order these? ${approval}` },
    {
      about: 'note',
      kind: 'post',
      authorId: employee.id,
      text: `Good morning! The truck to ${city} has left. All that is on it: ${note}`
    }
  ]
  return posts.flatMap(({ about, ...post }) =>
    portal.exampleLinks[about] === undefined ? [] : [{ ...post, fields: { linkId: `link-${about}` } }])
}

/** The texts of a portal on which nobody has written anything yet, one an hour up to now. */
const datedTexts = (portal: Portal): NewEntry[] =>
  texts(portal).map((entry, index, { length }) => ({ at: Date.now() - (length - index) * HOUR, ...entry }))

/** What stands on a new portal. */
export const examples = (portal: Portal): NewEntry[] =>
  [...datedTexts(portal), ...directoryExamples, ...departmentExamples, ...chatExamples]

/** A text without the addresses of its links. */
const wordsOf = (text: string): string => text.replaceAll(/\[URL=(?:[^[\]\s]|\[[^[\]]*\])+\]/g, '[URL]')

/**
 * Writes the links of now into the example texts that are there, as those of another run may have ended, and adds the
 * posts about screens. What somebody has changed stays.
 */
export function refreshExamples (portal: Portal): void {
  const { content } = portal
  for (const example of datedTexts(portal)) {
    const { kind, text = '', authorId } = example
    const kept = content.list(kind).find(entry =>
      entry.authorId === authorId && wordsOf(entry.text) === wordsOf(text))
    if (kept === undefined && kind === 'post') content.add(example)
    else if (kept !== undefined && kept.text !== text) content.update({ ...kept, text })
  }
}
