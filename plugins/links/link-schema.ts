import { Type, type TObject } from '@sinclair/typebox'

/** Body of POST /api/links. */
export const LinkRequestSchema = Type.Object({
  screen: Type.String({ description: 'Name of the screen', examples: ['document'] }),
  params: Type.Record(Type.String(), Type.Unknown(), { description: 'Parameters of the screen; text is turned into the declared types' }),
  portal: Type.Optional(Type.String({ description: 'member_id of the portal that the link is for. Needed with an API key; a page session has its own' }))
})

/** The same, said of each screen with its own parameters: for those who read a description of it. */
export const describedLinkRequest = (screens: ReadonlyArray<{ name: string, params: TObject }>) => Type.Union(
  screens.map(({ name, params }) => Type.Object({ ...LinkRequestSchema.properties, screen: Type.Literal(name), params }, { title: name })))

/** A link that was written. */
export const LinkSchema = Type.Object({
  id: Type.String({ description: 'The same for the same screen and parameters, however they are written' }),
  path: Type.String({ description: 'What to write into a message, so that it opens in a slider' }),
  url: Type.String({ description: 'The same as an absolute address' }),
  expiresAt: Type.Optional(Type.Integer({ description: 'Unix seconds; only of links that expire' }))
})
