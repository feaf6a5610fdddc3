import { useBitrix24 } from 'fastify-bitrix24/client/react'
import { amountText } from '../../crm/amount.ts'
import type { DealTab as Data } from '../../placements/CRM_DEAL_DETAIL_TAB.ts'
import { CommentForm } from './CommentForm.tsx'
import { CommentList } from './CommentList.tsx'
import { translator } from './texts.ts'
import { useComments } from './use-comments.ts'

export function DealTab () {
  const { data: { deal }, lang, locale } = useBitrix24<Data>()
  const t = translator(lang)
  const { comments, state, load, save } = useComments(deal.id)
  return (
    <main className='page'>
      <section className='card deal'>
        <h1><bdi>{deal.title}</bdi></h1>
        <p className='amount'>{amountText(deal, locale)}</p>
      </section>
      <section className='card' aria-labelledby='comments'>
        <h2 id='comments'>{t('deal-tab.title')}</h2>
        <CommentForm t={t} save={save} />
        <CommentList t={t} locale={locale} state={state} comments={comments} retry={load} />
      </section>
    </main>
  )
}
