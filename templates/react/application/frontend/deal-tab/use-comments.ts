import { useCallback, useEffect, useState } from 'react'
import { api } from 'fastify-bitrix24/client'
import type { Comment } from '../../crm/deal.ts'

export type CommentsState = 'loading' | 'ready' | 'failed'

/** The comments of a deal, read and written by our own routes as the user. */
export function useComments (dealId: number) {
  const path = `/api/deals/${dealId}/comments`
  const [comments, setComments] = useState<Comment[]>([])
  const [state, setState] = useState<CommentsState>('loading')

  const read = useCallback(async () => {
    try {
      setComments(await api<Comment[]>(path, { asUser: true }))
      setState('ready')
    } catch {
      setState('failed')
    }
  }, [path])
  useEffect(() => { read() }, [read])

  return {
    comments,
    state,
    async load () {
      setState('loading')
      await read()
    },
    /** Rejects when the comment is not saved. */
    async save (text: string) {
      await api(path, { method: 'POST', body: { text }, asUser: true })
      await read()
    }
  }
}
