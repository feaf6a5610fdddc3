import { RestError } from '../rest-error.ts'
import { map, text } from '../rest-method.ts'
import type { RestMethods } from '../rest-method.ts'

/** The feed: log.blogpost.add. */
export const logMethods: RestMethods = {
  'log.blogpost.add': {
    scopes: ['log'],
    run ({ params, token: { portal, user } }) {
      const message = text(params.POST_MESSAGE)
      if (!message) throw new RestError('SONET_CONTROLLER_LIVEFEED_BLOGPOST_ADD_ERROR', "Blog post hasn't been added")
      const recipients = Object.values(map(params.DEST ?? params.SPERM)).map(text)
      const fields =
        { DEST: recipients.length > 0 ? recipients : ['UA'], IMPORTANT: text(params.IMPORTANT) === 'Y' ? 'Y' : 'N' }
      return portal.content.add({
        kind: 'post', authorId: user.id, title: text(params.POST_TITLE), text: message, fields
      }).id
    }
  }
}
