import type { B24Frame } from '@bitrix24/b24jssdk'

let opened: Promise<B24Frame> | undefined

/** Loads the SDK when it is first asked for. */
export async function openSdk (): Promise<B24Frame> {
  const { initializeB24Frame } = await import('@bitrix24/b24jssdk')
  opened ??= initializeB24Frame()
  return await opened
}
