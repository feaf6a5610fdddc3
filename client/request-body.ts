/** What is sent: a form as it is, with files and the type that the browser writes for it; all else as JSON. */
export function toBody (body: unknown, headers: Headers): FormData | string | null {
  if (body === undefined) return null
  if (body instanceof FormData) return body
  headers.set('content-type', 'application/json')
  return JSON.stringify(body)
}
