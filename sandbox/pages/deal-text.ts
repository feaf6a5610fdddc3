import type { Entry } from '../content.ts'
import type { Portal } from '../portal.ts'
import { stageName } from '../rest/crm/kept-directories.ts'
import { tagOf } from './languages.ts'

/** An amount as it is written in a language. REST takes currencies that Intl does not know. */
function amountText (amount: number, currency: string, lang: string): string {
  return /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat(tagOf(lang), { style: 'currency', currency }).format(amount)
    : `${new Intl.NumberFormat(tagOf(lang)).format(amount)} ${currency}`
}

/** Stage and amount of a deal, in words. REST writes deals without them, too. */
export function dealText (portal: Portal, { fields }: Entry, lang: string): { stage: string, amount: string } {
  const { STAGE_ID = 'NEW', CATEGORY_ID = 0, OPPORTUNITY = 0, CURRENCY_ID = 'EUR' } = fields
  const directory = Number(CATEGORY_ID) === 0 ? 'DEAL_STAGE' : `DEAL_STAGE_${String(CATEGORY_ID)}`
  return {
    stage: stageName(portal, directory, String(STAGE_ID), lang),
    amount: amountText(Number(OPPORTUNITY) || 0, String(CURRENCY_ID), lang)
  }
}
