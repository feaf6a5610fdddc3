/** How the pictures begin that browsers show, in base64; their endings. */
const ENDINGS: Array<[start: string, ending: string]> =
  [['iVBORw0KGgo', 'png'], ['/9j/', 'jpeg'], ['R0lGOD', 'gif'], ['UklGR', 'webp']]

/** The type of a picture; undefined when it is none. */
export const pictureType = (content: string): string | undefined =>
  ENDINGS.find(([start]) => content.startsWith(start))?.[1]
