/**
 * How a person says a value, in either language. What nobody would say, or what has no words in the language, is undefined,
 * and no task is made of it. Names and texts are said as they stand.
 */

import type { Cell } from '../../../schemas/json.ts'
import { type Language, sayEnumValue, sayFlag, sayState } from '../lexicon.ts'
import type { Kind } from './facts.ts'

const months = 'January February March April May June July August September October November December'.split(' ')

/** `brief` leaves the time of day out of a date. */
export function sayValue(
  kind: Kind,
  value: Cell | undefined,
  brief = false,
  language: Language = 'en',
): string | undefined {
  if (value === null || value === undefined || kind === 'technical' || kind === 'key' || kind === 'flag')
    return undefined
  if (kind === 'date') return sayDate(String(value), brief, language)
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Math.abs(value) > 1e9) return undefined
    return kind === 'money' && !Number.isInteger(value) ? value.toFixed(2) : String(value)
  }
  if (kind === 'enum' || kind === 'status') return sayEnum(kind, value, language)
  const text = value.trim()
  if (text !== value || text.length === 0 || text.length > 90 || /["“”\n\r{}<>[\]\\]/.test(text)) return undefined
  if (/^https?:|^[0-9a-f-]{24,}$|^[a-z]{2,5}_[a-z0-9]{6}$/.test(text)) return undefined
  return text
}

/** What a flag is set to: "active", 启用. */
export function sayFlagState(column: string, value: Cell, language: Language): string | undefined {
  if (language === 'zh') return sayState(column, Number(value), 'zh')
  return sayFlag(column)?.[value === 1 ? 0 : 1]
}

function sayDate(value: string, brief: boolean, language: Language): string | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?:Z|\+00:00)?)?$/.exec(value)
  if (parts === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = parts
  const said =
    language === 'zh'
      ? `${year}年${Number(month)}月${Number(day)}日`
      : `${Number(day)} ${months[Number(month) - 1]} ${year}`
  if (brief || (hour === '00' && minute === '00' && second === '00')) return said
  if (second !== '00') return undefined
  return language === 'zh' ? `${said}${hour}:${minute}` : `${said} at ${hour}:${minute}`
}

const currencies = new Set(
  'AED AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF INR JPY KRW MXN NOK NZD PLN SEK SGD TRY USD ZAR'.split(' '),
)
/** What says nothing by itself, only of what: "the yes warehouse". */
const bare =
  /^(asc|desc|ascending|descending|yes|no|true|false|on|off|all|any|auto|default|custom|standard|normal|basic|general|misc|na|n_a|y|n)$/i

/** Codes of two or three letters are jargon, but for those of money. */
function sayEnum(kind: 'enum' | 'status', value: string, language: Language): string | undefined {
  if (/unspecified|unknown|undefined|^none$|^null$|other|invalid|(^|_)v?\d/i.test(value)) return undefined
  if (/^[A-Z]{2,3}$/.test(value)) return currencies.has(value) ? value : undefined
  if (kind === 'enum' && bare.test(value)) return undefined
  const said = sayEnumValue(value, kind === 'status', language)
  if (said === undefined || language === 'zh') return said
  if (/\b(\w+) \1\b|[a-z]{14}| type /.test(said)) return undefined // run together
  return /^[A-Za-z][A-Za-z ]{1,28}$/.test(said) && said.split(' ').length <= 2 ? said : undefined
}
