import { ref } from 'vue'
import { api } from 'fastify-bitrix24/client'
import type { Comment } from '../../crm/deal.ts'

/** The comments of a deal, read and written by our own routes as the user. */
export function useComments (dealId: number) {
  const path = `/api/deals/${dealId}/comments`
  const comments = ref<Comment[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')

  async function read () {
    try {
      comments.value = await api<Comment[]>(path, { asUser: true })
      state.value = 'ready'
    } catch {
      state.value = 'failed'
    }
  }

  return {
    comments,
    state,
    async load () {
      state.value = 'loading'
      await read()
    },
    /** Rejects when the comment is not saved. */
    async save (text: string) {
      await api(path, { method: 'POST', body: { text }, asUser: true })
      await read()
    }
  }
}
