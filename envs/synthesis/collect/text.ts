/**
 * Prose out of the descriptions in API documents: no markup, no links, a few sentences, a bounded length.
 *
 * Everything an agent reads of a document passes through here, so no tag, table or control character gets further.
 */

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
])

/** What is said of the document instead of the thing: `Required.`, `[Output Only]`, `TODO`. */
const marks =
  /^(?:[([]?(?:(?:required|optional|input[ -]only|output[ -]only|read[ -]?only|immutable|todo|tbd|fixme)(?: field)?)[)\]]?(?:[.:;,]|\s+[-–—]|(?<=[)\]])|$)\s*)+/i
const notes = /\b(TODO|FIXME)\b.*$/

/** Longer input says nothing more and only costs time. */
const inputCharactersMax = 3000

export interface TextLimits {
  sentencesMax: number
  charactersMax: number
}

/** Plain sentences, or '' where nothing readable is left. */
export function plainText(value: unknown, { sentencesMax, charactersMax }: TextLimits): string {
  if (typeof value !== 'string') return ''
  const flat = value
    .slice(0, inputCharactersMax)
    .replace(/<(script|style)\b[^>]*>[^<]*<\/\1>/gi, ' ')
    .replace(/```[^`]*(```|$)/g, ' ')
    .replace(/<!--|-->|<\/?[a-z][^<>]*>/gi, ' ')
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/\[([^[\]]*)\]\[[^[\]]*\]/g, '$1')
    .replace(/\bhttps?:\/\/[^\s)>\]]*/gi, ' ')
    .replace(/&(#?\w{1,8});/g, (whole, name: string) => entities.get(name) ?? decodeNumber(name) ?? whole)
    .replace(/^\s*\|.*$/gm, ' ')
    .replace(/^\s{0,3}(#{1,6}|[-*+>]|\d{1,2}[.)])\s+/gm, ' ')
    .replace(/[`*]+|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)|~~|^\s*[-=_]{3,}\s*$/gm, '')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/[<>]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\(\s*\)|\[\s*\]/g, '')
    .replace(/\s+([.,;:!?])/g, '$1')
    .trim()
    .replace(notes, '')
    .replace(marks, '')
    .trim()
  if (!/\p{L}/u.test(flat)) return ''
  return shorten(flat, sentencesMax, charactersMax)
}

function decodeNumber(name: string): string | undefined {
  if (!name.startsWith('#')) return undefined
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  return Number.isInteger(code) && code > 31 && code < 0xd800 ? String.fromCodePoint(code) : undefined
}

function shorten(text: string, sentencesMax: number, charactersMax: number): string {
  let end = 0
  let sentences = 0
  for (const match of text.matchAll(/[.!?。！？](?=\s+["“(]?[\p{Lu}\p{Lo}\p{N}])|[。！？]|$/gu)) {
    const stop = match.index + match[0].length
    if (stop > charactersMax) break
    end = stop
    sentences += 1
    if (sentences === sentencesMax) break
  }
  if (end > 0) return ownCopy(text.slice(0, end).trim())
  const cut = text.slice(0, charactersMax - 1)
  const space = cut.lastIndexOf(' ')
  return ownCopy(`${cut.slice(0, space > charactersMax / 2 ? space : undefined).replace(/[\s,;:(]+$/, '')}…`)
}

/** A slice of a long string keeps the whole of it alive; joining makes a string of its own. */
function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8')
}

/** Ends with a stop, so that it reads as a sentence. */
export function asSentence(text: string): string {
  if (text === '') return ''
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?。！？…]$/.test(capital) ? capital : `${capital.replace(/[\s:;,]+$/, '')}.`
}
