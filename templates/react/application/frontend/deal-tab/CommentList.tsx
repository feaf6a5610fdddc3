import type { Comment } from '../../crm/deal.ts'
import { timeText, type TextKey } from './texts.ts'
import type { CommentsState } from './use-comments.ts'

interface Props {
  t: (key: TextKey) => string
  locale: string
  state: CommentsState
  comments: Comment[]
  retry: () => void
}

export function CommentList ({ t, locale, state, comments, retry }: Props) {
  if (state === 'loading') return <p className='loading' role='status'>{t('deal-tab.loading')}</p>
  if (state === 'failed') {
    return (
      <div className='alert' role='alert'>
        <p>{t('deal-tab.failed')}</p>
        <button type='button' onClick={retry}>{t('deal-tab.retry')}</button>
      </div>
    )
  }
  if (comments.length === 0) return <p className='empty'>{t('deal-tab.none')}</p>
  return (
    <ul className='comments' aria-label={t('deal-tab.title')}>
      {comments.map(({ id, text, author, createdAt }) => (
        <li key={id}>
          <p className='text'><bdi>{text}</bdi></p>
          <p className='hint'>
            <bdi>{author}</bdi> · <time dateTime={createdAt}>{timeText(createdAt, locale)}</time>
          </p>
        </li>
      ))}
    </ul>
  )
}
