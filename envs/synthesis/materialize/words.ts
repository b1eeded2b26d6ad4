/**
 * Names from documents as words: split, singular, in one spelling, and only of letters, digits and underscores, so that
 * nothing a document says can end up in a program or statement but as a name of this form.
 */

import pluralize from 'pluralize'

const cache = new Map<string, string>()

/** `rateplanId`, `RatePlan-ID`, `rate.plan.id` → `rateplan_id`, `rate_plan_id`, `rate_plan_id`; '' where no letter is left. */
export function snake(text: string): string {
  let known = cache.get(text)
  if (known === undefined) {
    known = text
      .normalize('NFKD')
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toLowerCase()
      .replace(/^[_0-9]+|_+$/g, '')
      .slice(0, 48)
      .replace(/_+$/, '')
    if (cache.size > 200_000) cache.clear()
    cache.set(text, known)
  }
  return known
}

/** The last word made singular: `order_lines` → `order_line`. */
export function singular(name: string): string {
  const words = name.split('_')
  const last = words.pop() as string
  return [...words, singularWord(last)].join('_')
}

/** Words that end in s and are no plurals, and those that the rules get wrong. */
const asTheyAre = new Set([
  'sms',
  'dns',
  'status',
  'address',
  'access',
  'business',
  'analytics',
  'news',
  'series',
  'gps',
  'os',
  'aws',
  'bus',
  'vps',
  'https',
  'process',
  'canvas',
  'kudos',
  'lens',
  'pos',
  'rss',
  'tls',
  'ios',
  'media',
  'data',
  'metadata',
  'criteria',
])

const singulars = new Map<string, string>()

function singularWord(word: string): string {
  if (asTheyAre.has(word)) return word
  let known = singulars.get(word)
  if (known === undefined) {
    known = pluralize.singular(word)
    singulars.set(word, known)
  }
  return known
}

export function plural(name: string): string {
  const words = name.split('_')
  const last = words.pop() as string
  const many = pluralize.plural(last)
  return [...words, many].join('_')
}

/** One spelling for comparison: no underscores, singular. `rate_plans`, `rateplan` → `rateplan`. */
export function squeezed(name: string): string {
  return singular(name).replaceAll('_', '')
}

/** Clean prose from a document: no markup, one line, whole sentences where they fit into `max` characters. */
export function clean(text: string | undefined, max = 300): string {
  if (text === undefined) return ''
  const plain = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[`*_#>|\\]{1,}/g, (marks) => (marks === '_' ? '_' : ' '))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (plain.length <= max) return plain
  const cut = plain.slice(0, max)
  const end = Math.max(cut.lastIndexOf('. '), cut.lastIndexOf('; '))
  return end > max / 3 ? cut.slice(0, end + 1) : `${cut.slice(0, cut.lastIndexOf(' '))} …`
}

export function article(noun: string): string {
  return /^[aeio]|^u(?!ni|s[ei]|t[ei])/i.test(noun) ? 'an' : 'a'
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
