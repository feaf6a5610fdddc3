/** What can be said to a request for approval. */
export type ApprovalAnswer = 'approved' | 'declined'

/** What is to be told on the portal after an answer: a comment at the task, a notification to the author. */
export type ApprovalStep = 'comment' | 'notification'

/** The one answer to a request. */
export interface Approval {
  answer: ApprovalAnswer
  /** Who gave it */
  userId: number
  /** Milliseconds since the epoch */
  at: number
  done: ApprovalStep[]
  underWay: ApprovalStep[]
}

/** Answers to requests, each named by its portal and its `id`. Times are milliseconds since the epoch. */
export interface ApprovalStore {
  find: (memberId: string, id: string, now: number) => Promise<Approval | undefined>

  /** Records an answer unless there is one. Out: the first answer, whoever gave it. */
  answer: (
    memberId: string, id: string, given: { answer: ApprovalAnswer, userId: number }, now: number
  ) => Promise<Approval>

  /** Takes a step for a minute, unless somebody else has it or it is done. Out: whether it was taken. */
  claim: (memberId: string, id: string, step: ApprovalStep, now: number) => Promise<boolean>

  /** Ends a step that was claimed: it is done, or can be taken again. */
  settle: (memberId: string, id: string, step: ApprovalStep, isDone: boolean) => Promise<void>

  /** Forgets the requests that were answered before `before`, and those of uninstalled portals. */
  purge: (before: number) => Promise<void>

  /** Forgets all requests of a portal. */
  forget: (memberId: string) => Promise<void>
}
