/**
 * What an agent's message is, to a user: which of its slots are asked for, what is proposed, whether it is done.
 *
 * By words and marks, in English and Chinese. It need not be right every time: whoever asks is always told something that
 * was not told yet (rule.ts), so a question that is misheard costs a turn and never a fact.
 */

import { daysIn } from '../days.ts'
import type { Piece, Wish } from './wish.ts'
import { placesOf } from './words.ts'

export interface Heard {
  /** Slots that a question names, but for those whose value it proposes itself. */
  asked: Piece[]
  /** Slots that something is said of which they are not. */
  wrong: Piece[]
  /** It wants to know something, or that something be said. */
  isQuestion: boolean
  /** It says what it would do, or asks whether something is so. */
  proposes: boolean
  /** It asks for an identifier. */
  asksId: boolean
  /** It asks for everything there is to know. */
  asksAll: boolean
  /** It asks whether there is more. */
  asksMore: boolean
  /** It says that something was done. */
  done: boolean
  /** It says that everything was done, or takes leave. */
  final: boolean
  leaves: boolean
  /** It says that it is still at work. */
  busy: boolean
  agrees: boolean
  /** Values in it that the user never said: numbers, days, addresses, what stands in quotes. */
  strange: boolean
  /** What it says besides questions and leave-taking. */
  statement: string
}

/** Characters of a message that are listened to, half of them at either end. */
const heardMax = 4000

const more =
  /\b(any ?thing|something|nothing|what) else\b|\banything more\b|\bis that (all|everything)\b|\bany other\b|\bfurther (help|assist\w*|requests?)\b|还有(什么|别的|其他|其它|没有|吗)|其[他它][^。？?！]{0,8}(吗|需要|帮)|别的[^。？?！]{0,6}(吗|需要)/
const bye = /\b(good ?bye|bye|have a (nice|great|good|lovely) \w+|take care|farewell)\b|再见|祝您|祝你|拜拜/
const all =
  /\b(everything|both|that's all|all (?:of (?:it|that|them|this|these|those)|done|set|is|are|was|were|has|have|the (?:tasks|changes|steps|requests)))\b|全部|都已|都(办|处理|完成|弄|改)|一切|所有/
const doneWords =
  /\b(?:done|completed|finished|all set|taken care of)\b|\b(?:i have|i've|we have|we've|has been|have been|is now|are now|was|were|been) (?:now |just |also |successfully |already )*(?!found|located|noted|received|identified|retrieved|checked|looked|verified|reviewed|seen|read|got|understood|asked|been|given|said|told|mentioned|need)(?:\w+ed|set|made|put|sent|paid|taken|written|begun|moved)\b|已经?(?!收到|找到|查到|了解|知道|明白|记下)|办好|搞定|处理好|弄好|做好了|改好|完成/
const ahead =
  /\b(let me (?!know)|one moment|just a moment|hold on|bear with me|looking (into|for|up)|working on|i'?ll (now |then |look|check|go|get|do)|i will (now |then |look|check|go|get|do)|next,? i|now i|then i)\b|稍等|正在|请等|马上|接下来|下一步|这就/
const proposal =
  /\b(shall i|should i|may i|can i|do you want( me)?|would you like( me)?|i(?:'ll| will| am going to|'m going to|'m about to| am about to| would| plan to)|is (?:that|this|it) (?:right|correct|ok|okay|fine)|can you confirm|could you confirm|please confirm|confirm|correct\?|right\?|proceed|go ahead|do you mean|did you mean|you (?:want|mean|said|would like))\b|我(将|会|要|准备|打算|现在)|确认|对吗|是吗|可以吗|是否|好吗|没错吧|您是说|你是说/
const asking =
  /[?？]|\b(please (?:tell|give|provide|say|specify|share|let me know|state)|tell me|give me|let me know|provide|specify|(?:i|we)(?:'d| would)? (?:still )?need|could you (?:tell|give|provide|share|say))\b|^\W*(?:and |or )?(?:from |until |for |on |at |in )?(?:which|what|when|where|who|whose|how (?:many|much|long))\b|请(问|提供|告诉|说明|给|说)|告诉我|需要知道|什么|哪|多少|几(位|个|号|点|天)|是谁|何时|怎么/
const everything =
  /\b(how (?:can|may) i (?:help|assist)|what can i do|what (?:do|would) you (?:need|want|like)|what exactly|say (?:that|it) again|repeat|all (?:the )?(?:details|information)|more (?:details|information)|the details|summari[sz]e|in full|everything)\b|再说一(遍|次)|具体|详细|怎么帮|帮您|帮你|所有|全部/
const identifiers =
  /\b(ids?|identifiers?|uuid|identification|(?:record|reference|internal|account|customer|booking|order|confirmation|ticket) (?:id|number|no)s?)\b|\b\w+_id\b|标识|编号|\bid\b|识别码/
const denial = /\b(not|never|cannot|unable|failed|only)\b|n't\b|没有|未能|还没|无法|不能|失败/
/** What a sentence begins with that says nothing, unless it goes on to say something. */
const courtesy =
  /^\W*(sure|ok|okay|of course|certainly|absolutely|thanks|thank you|got it|understood|all ?right|great|perfect|no problem|happy to|glad|gladly|i can|i understand|noted|sorry|i'm sorry|i apologi[sz]e|好的?|明白|收到|没问题|谢谢|当然|了解|抱歉)(?![\p{L}])/u
const assertion = /\b(is|are|was|were|has|have|had|costs?|it's|that's|done|been|called)\b|是|叫|为|已|完/
const agreement =
  /^\W*(yes|yeah|yep|correct|right|exactly|indeed|sure|that'?s (?:all|it|right|everything))\b|^\W*(是的|对|没错|是|嗯|好的)/

export function listen(content: string, wish: Wish): Heard {
  const said =
    content.length <= heardMax ? content : `${content.slice(0, heardMax / 2)} ${content.slice(-heardMax / 2)}`
  const text = normal(said)
  const named = namedIn(text, wish.pieces)
  const asksMore = more.test(text)
  const proposes = proposal.test(text)
  const sentences = text.split(/(?<=[.!?。！？\n])(?![\d\p{Ll}])/u)
  const isAsked = (sentence: string): boolean => asking.test(sentence) && !more.test(sentence)
  const questions = sentences.filter(isAsked)
  const statements = sentences.filter(
    (one) =>
      !isAsked(one) &&
      !more.test(one) &&
      !bye.test(one) &&
      /[\p{L}\p{N}]/u.test(one) &&
      (!courtesy.test(one) || assertion.test(one)),
  )
  const isQuestion = questions.length > 0
  const statement = statements.join('').trim()
  const busy = ahead.test(text)
  const done = doneWords.test(statement) && !busy && !denial.test(statement)
  const leaves = bye.test(text)
  const confirmed = proposes || done ? wish.pieces.filter((piece) => holdsValue(text, piece)) : []
  const asked = isQuestion ? askedIn(questions.join(' '), wish.pieces, named) : []
  return {
    asked: asked.filter((piece) => !confirmed.includes(piece)),
    wrong: wrongIn(text, wish.pieces, named),
    isQuestion,
    proposes,
    asksId: isQuestion && identifiers.test(questions.join(' ')),
    asksAll: isQuestion && everything.test(questions.join(' ')),
    asksMore,
    done,
    final: (done && all.test(statement)) || (asksMore && done) || leaves,
    leaves,
    busy,
    agrees: agreement.test(text),
    strange: hasStrange(text, wish),
    statement: busy && !done ? '' : statement,
  }
}

/** Lower case, words parted by spaces alone; signs stay where they were. */
const normal = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll('’', "'")
    .replaceAll(/(?<=\p{L})[_-](?=\p{L})/gu, ' ')
    .toLowerCase()

interface Named {
  piece: Piece
  start: number
  end: number
}

/** Where slots are called by their names; of two in one place the longer one is meant. */
function namedIn(text: string, pieces: readonly Piece[], by: (piece: Piece) => readonly string[] = ownNames): Named[] {
  const found = pieces.flatMap((piece) =>
    by(piece).flatMap((phrase) => placesOf(phrase, text).map((place) => ({ piece, ...place }))),
  )
  const within = (one: Named, other: Named): boolean =>
    other.start <= one.start && one.end <= other.end && other.end - other.start > one.end - one.start
  return found.filter((one) => !found.some((other) => within(one, other)))
}

/** By itself, and with the thing that it belongs to. */
const ownNames = ({ words }: Piece): readonly string[] => [
  ...words.name.map((name) => name.toLowerCase()),
  ...words.thing.flatMap((thing) =>
    words.name.flatMap((name) => [`${thing} ${name}`, `${name} of the ${thing}`, `${thing}的${name}`]),
  ),
]

/** By their names; else by what people say instead, by what they say of any value of its kind, by the thing it belongs to. */
function askedIn(question: string, pieces: readonly Piece[], named: readonly Named[]): Piece[] {
  const own = namedIn(question, pieces)
  if (own.length > 0 || identifiers.test(question)) return unique(own.map(({ piece }) => piece))
  if (named.length > 0 && /\b(it|that|this|one)\b|呢/.test(question)) return unique(named.map(({ piece }) => piece))
  for (const by of ['also', 'kind', 'thing'] as const) {
    const found = namedIn(question, pieces, ({ words }) => words[by])
    if (found.length > 0) return unique(found.map(({ piece }) => piece))
  }
  return []
}

const unique = (pieces: readonly Piece[]): Piece[] => [...new Set(pieces)]

/** Characters after a slot's name within which a value is taken for its own. */
const reach = 40

function wrongIn(text: string, pieces: readonly Piece[], named: readonly Named[]): Piece[] {
  const found: Piece[] = []
  for (const piece of pieces) {
    if (found.includes(piece) || piece.shares !== 'nothing' || holdsValue(text, piece)) continue
    for (const { end } of named.filter((one) => one.piece === piece)) {
      const next = Math.min(...named.filter(({ start }) => start >= end).map(({ start }) => start), end + reach)
      if (!contradicts(text.slice(end, next), piece)) continue
      found.push(piece)
      break
    }
  }
  return found
}

/** The value that follows a slot's name, where it is one of the slot's kind and another. */
function contradicts(rest: string, { slot: { value } }: Piece): boolean {
  const [, given] =
    /^\s*(?:to|is|as|will be|be|of|=|:|：|for|on|at|为|是|成|改为|改成|设为|定为)\s*(.*)$/s.exec(rest) ?? []
  if (given === undefined) return false
  if (typeof value === 'number') {
    const number = /^\D{0,3}(\d[\d.,]*)/.exec(given)?.[1]
    return number !== undefined && Number(number.replaceAll(',', '').replace(/\.$/, '')) !== value
  }
  if (typeof value !== 'string') return false
  if (isDate(value)) {
    const [first] = daysIn(given)
    return first !== undefined && first.day !== null && first.start <= 3
  }
  const quoted = /^["“「](.+?)["”」]/.exec(given)?.[1]
  if (value.includes('@')) return /^[^\s@]{1,64}@[^\s@]/.test(given)
  return quoted !== undefined
}

const isDate = (value: string): boolean => /^\d{4}-\d{2}-\d{2}/.test(value)

/** Whether the slot's value stands in a text, in whatever form. */
export function holdsValue(text: string, { slot: { value, said } }: Piece): boolean {
  if (text.includes(normal(said))) return true
  if (typeof value === 'number') return numbersIn(text).has(value)
  if (typeof value !== 'string') return false
  if (isDate(value)) return daysIn(text).some(({ day }) => day !== null && sameDay(day, value))
  return text.includes(normal(value))
}

const sameDay = (day: string, value: string): boolean =>
  day.startsWith('--') ? value.slice(5, 10) === day.slice(-5) : value.slice(0, 10) === day

const numbersIn = (text: string): Set<number> =>
  new Set([...text.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([found]) => Number(found.replaceAll(',', ''))))

function hasStrange(text: string, { intent, pieces }: Wish): boolean {
  const own = normal([intent, ...pieces.map(({ slot }) => `${slot.said} ${String(slot.value)}`)].join(' '))
  const days = daysIn(text)
  if (days.some(({ day }) => day !== null && !pieces.some(({ slot: { value } }) => sameDay(day, String(value)))))
    return !days.every(({ start, end }) => own.includes(text.slice(start, end)))
  const bare = days.reduceRight((rest, { start, end }) => `${rest.slice(0, start)} ${rest.slice(end)}`, text)
  const known = numbersIn(own)
  if ([...numbersIn(bare)].some((number) => !known.has(number))) return true
  return quotedIn(bare).some((part) => !own.includes(part))
}

/** What stands in quotation marks in a text, and addresses. */
export function quotedIn(text: string): string[] {
  return [...text.matchAll(/["“「](.+?)["”」]|([^\s@]{1,64}@[^\s@]{1,99})/g)].map(
    ([, quoted, mail = '']) => quoted ?? mail.replace(/[.,;:!?)。，；！？）]+$/, ''),
  )
}
