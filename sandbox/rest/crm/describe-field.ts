import type { Row } from '../select-rows.ts'

/** What a description says of a field: its type, what people call it, and who can write it. */
export type Description = [type: string, title: string, access?: 'required' | 'owner' | 'immutable' | 'read']

/** Describes a field that holds one value and that the portal has always had. */
export const describeField = (type: string, title: string, access?: Description[2]): Row => ({
  type,
  isRequired: access === 'owner' || access === 'required',
  isReadOnly: access === 'read',
  isImmutable: access === 'owner' || access === 'immutable',
  isMultiple: false,
  isDynamic: false,
  title
})
