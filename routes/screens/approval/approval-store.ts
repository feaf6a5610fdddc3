/** What can be said to a request for approval. */
export type ApprovalAnswer = 'approved' | 'declined'

/** What has to be told on the portal after an answer: a comment at the task, a notification to the author. */
export type ApprovalStep = 'comment' | 'notification'

/** The one answer that a request has got. */
export interface Approval {
  answer: ApprovalAnswer
  /** Who gave it */
  userId: number
  /** Milliseconds since the epoch */
  at: number
  /** The steps that are done */
  done: ApprovalStep[]
  /** The steps that somebody is at */
  underWay: ApprovalStep[]
}

/** Answers to requests for approval. A request is named by its portal and its `id`. Every `now` is milliseconds since the epoch. */
export interface ApprovalStore {
  find: (memberId: string, id: string, now: number) => Promise<Approval | undefined>

  /** Records an answer, unless there is one. Out: the first answer, whoever gave it. */
  answer: (memberId: string, id: string, given: { answer: ApprovalAnswer, userId: number }, now: number) => Promise<Approval>

  /** Takes a step, for a minute, so that nobody does it at the same time. Out: whether it was there to be taken. */
  claim: (memberId: string, id: string, step: ApprovalStep, now: number) => Promise<boolean>

  /** Ends a step that was claimed: done, or to be done again. */
  settle: (memberId: string, id: string, step: ApprovalStep, isDone: boolean) => Promise<void>

  /** Forgets the requests that were answered before `before`. */
  purge: (before: number) => Promise<void>
}
