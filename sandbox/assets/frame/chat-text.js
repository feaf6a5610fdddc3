// What people are writing in the chat, for the pages of the application beside it.

/** The field of the chat: of this page, or of the page below its slider. */
const field = () => document.querySelector('#message') ?? window.top.document.querySelector('#message')

const missing = requestId => ({ message: 'The text field is not available.', requestId })

export const chatText = () => ({
  'im:getImTextareaContent': ({ requestId }, reply) => reply(field()?.value ?? missing(requestId)),
  'im:setImTextareaContent' ({ text = '', withNewLine, replace, requestId }, reply) {
    const area = field()
    if (!area) return reply(missing(requestId))
    area.value = replace === true ? text : [area.value, text].join(withNewLine === true ? '\n' : '')
    reply(true)
  }
})
