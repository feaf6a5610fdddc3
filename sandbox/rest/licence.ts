/** The licence of the portals. An Enterprise one has room for 250 calls and forgets five a second. */
export const LICENCE = {
  LICENSE: 'en_pro100',
  LICENSE_TYPE: 'pro100',
  LICENSE_FAMILY: 'pro'
}

/** How fast an address may call under it. */
export const RATE = { size: 50, leak: 2 }

/** Seconds that a method may work within ten minutes, under every licence. */
export const OPERATING_SECONDS = 480
