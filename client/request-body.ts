const asTheyAre = [FormData, Blob, URLSearchParams, ArrayBuffer]

/** What is sent: forms, files and bytes as they are, with the type that the browser writes for them; else JSON. */
export function toBody (body: unknown, headers: Headers): BodyInit | null {
  if (body === undefined) return null
  if (ArrayBuffer.isView(body) || asTheyAre.some(kind => body instanceof kind)) return body as BodyInit // one of those
  headers.set('content-type', 'application/json')
  return JSON.stringify(body)
}
