/** Names of tables, columns and values as a person says them, and which of them nobody would say. */

import pluralize from 'pluralize'

/** Words that make a thing's name unsayable: jargon, leftovers of paths, and verbs taken for things. */
const unsayableTables =
  /(^|_)(metadata|config|configs|payload|response|request|operation|operations|googleapis|google|longrunning|schema|batch|bulk|query|rpc|v\d+|json|xml|csv|api|apis|arn|etag|sync|callback|webhook_event|oauth|token|secret|details|info|result|results|ids|id|data|action|actions)(_|$)/
const unsayableColumns = /(^|_)(v\d+|x|y|z|xml|json|csv|etag|arn|ttl|cidr|oauth|sso|saml|html|raw|internal|custom\d*)(_|$)/

export const tableSayable = (name: string): boolean =>
  !unsayableTables.test(name) && name.split('_').length <= 3 && !/\d/.test(name)

export const columnSayable = (name: string): boolean =>
  !unsayableColumns.test(name) && name.split('_').length <= 3 && !/\d/.test(name) && name.length > 1

const acronyms = new Set(['id', 'vat', 'sku', 'iban', 'pin', 'faq', 'sms', 'pdf', 'po'])

const spaced = (name: string): string =>
  name
    .split('_')
    .filter((word) => word !== '')
    .map((word) => (acronyms.has(word) ? word.toUpperCase() : word))
    .join(' ')

/** `purchase_order` → `purchase order`. */
export function sayTable(name: string): string {
  const words = spaced(name).split(' ')
  const last = words.pop() as string
  return [...words, pluralize.singular(last)].join(' ')
}

/** A column's name without what its table or type already says: `order_status` of order → `status`, `due_at` → `due time`. */
export function sayColumn(table: string, name: string): string {
  let rest = name
  if (rest.startsWith(`${table}_`)) rest = rest.slice(table.length + 1)
  const known: Record<string, string> = {
    created_at: 'creation date',
    updated_at: 'date of the last change',
    start: 'start date',
    end: 'end date',
    start_time: 'start',
    end_time: 'end',
    starts_at: 'start',
    ends_at: 'end',
    expires_at: 'expiry date',
    notes: 'note',
  }
  if (known[rest] !== undefined) return known[rest]
  rest = rest.replace(/_(at|on)$/, '_date')
  return spaced(rest)
}

/** `a` or `an` before the words. */
export function withArticle(words: string): string {
  const an = /^[aeio]/i.test(words) ? !/^(one|eu|uni|use)/i.test(words) : /^(u[^nst]|un[^i]|hour|honest|SMS|FAQ|SKU)/.test(words)
  return `${an ? 'an' : 'a'} ${words}`
}

const people =
  /(^|_)(user|customer|client|contact|person|employee|member|guest|patient|student|teacher|agent|driver|author|candidate|applicant|participant|attendee|lead|owner|worker|subscriber|manager|tenant|recipient)s?$/

/** Things that are people are named without quotation marks. */
export const isPerson = (table: string): boolean => people.test(table)
