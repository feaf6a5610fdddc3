import type { NewEntry } from './content.ts'
import { crmExamples } from './crm-examples.ts'
import type { Portal } from './portal.ts'

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
  const outside = `https://example.com${view}?params[test]=y`
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
      text: 'For comparison, a link to another site. It looks alike, but it opens in a tab of its own ' +
        `and not in the slider:\n${outside}`,
      fields: { linkId: 'link-external' }
    },
    {
      kind: 'post',
      authorId: employee.id,
      text: `Good morning! The delivery plan of ${city} for this week is in the widget, ` +
        `no need to leave the feed:\n${view}?params[test]=y`,
      fields: { linkId: 'link-simple' }
    },
    {
      kind: 'comment',
      parent: '3',
      authorId: admin.id,
      text: 'Thank you! And this one has the filter that we talked about: ' +
        `[URL=${nested}]urgent deliveries to ${city}[/URL]`,
      fields: { linkId: 'link-nested' }
    },
    {
      kind: 'message',
      parent: 'chat2',
      authorId: employee.id,
      text: `The truck to ${city} leaves at 10:30: [URL=${nested}]its documents[/URL]`
    },
    {
      kind: 'message',
      parent: 'chat2',
      authorId: accountant.id,
      text: `The invoice is paid. ${view}?params[docId]=43\nThe carrier tracks it at https://example.com/tracking`
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
      text:
        `Check the papers in the widget: ${view}?params[docId]=42\nThe rules of the carrier: https://example.com/rules`,
      fields: { RESPONSIBLE_ID: employee.id }
    },
    {
      kind: 'task-comment',
      parent: '31',
      authorId: designer.id,
      text: `The labels are printed: [URL=${view}?params[docId]=44]see them here[/URL]`
    },
    {
      kind: 'event',
      authorId: admin.id,
      title: `Meeting with the warehouse in ${city}`,
      text: `The agenda: ${view}?params[meeting]=7\nOn the map: https://example.com/map`,
      fields: { DATE_FROM: `${tomorrow}T10:00`, DATE_TO: `${tomorrow}T11:00` }
    },
    ...crmExamples(portal, city)
  ]
}

/** What stands on a portal on which nobody has written anything yet, one entry an hour up to now. */
export function examples (portal: Portal): NewEntry[] {
  return texts(portal).map((entry, index, { length }) => ({ at: Date.now() - (length - index) * HOUR, ...entry }))
}
