import { useState, type FormEvent } from 'react'
import type { TextKey } from './texts.ts'

interface Props {
  t: (key: TextKey) => string
  save: (text: string) => Promise<void>
}

export function CommentForm ({ t, save }: Props) {
  const [text, setText] = useState('')
  const [state, setState] = useState<'editing' | 'saving' | 'saved' | 'failed'>('editing')

  async function submit (event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const field = event.currentTarget.querySelector('textarea')
    setState('saving')
    try {
      await save(text)
      setText('')
      setState('saved')
    } catch {
      setState('failed')
    }
    // A disabled button has lost the focus.
    field?.focus()
  }

  function edit (next: string) {
    setText(next)
    // "Saved" is about the last comment, not about this one.
    if (state === 'saved') setState('editing')
  }

  return (
    <form onSubmit={submit}>
      <label htmlFor='text'>{t('deal-tab.comment')}</label>
      <textarea
        id='text' rows={3} maxLength={5000} aria-describedby='help'
        value={text} onChange={event => edit(event.target.value)}
      />
      <p className='hint' id='help'>{t('deal-tab.help')}</p>
      <div className='row'>
        <button type='submit' className='primary' disabled={state === 'saving' || text.trim() === ''}>
          {t('deal-tab.save')}
        </button>
        <p className='hint' role='status'>{state === 'saved' && t('deal-tab.saved')}</p>
      </div>
      {state === 'failed' && <p className='alert' role='alert'>{t('deal-tab.unsaved')}</p>}
    </form>
  )
}
