/** What is wrong, or worth knowing. `message` says it in a sentence, and where to mend it. */
export interface Finding {
  /** Stable, for machines and for docs/command.md */
  code: string
  /** A note says what could not be checked, or what may be meant */
  level: 'fault' | 'note'
  message: string
  /** Domain of the portal that it concerns */
  portal?: string
}

export const fault = (code: string, message: string): Finding => ({ code, level: 'fault', message })
export const note = (code: string, message: string): Finding => ({ code, level: 'note', message })
