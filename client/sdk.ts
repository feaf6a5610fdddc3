import type { B24Frame } from '@bitrix24/b24jssdk'

/** Loads the SDK when it is first asked for. It connects once, and again after a failure. */
export async function openSdk (): Promise<B24Frame> {
  const { initializeB24Frame } = await import('@bitrix24/b24jssdk')
  return await initializeB24Frame()
}
