/** What can be said to a request for approval. */
export type ApprovalAnswer = 'approved' | 'declined'

/** What is to be told on the portal after an answer: a comment at the task, a notification to the author. */
export type ApprovalStep = 'comment' | 'notification'

export type ApprovalTables = {
  /** The first answer to a request for approval */
  approvals: {
    member_id: string
    /** Of the request */
    request_id: string
    answer: ApprovalAnswer
    user_id: number
    at: number
  }
  approval_steps: {
    member_id: string
    request_id: string
    step: ApprovalStep
    /** Until when nobody else takes it; 0: it can be taken */
    claimed_until: number
    /** 0 or 1: SQLite has no booleans */
    done: number
  }
}
