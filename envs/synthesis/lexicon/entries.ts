/**
 * The data of the lexicon and their schemas. The files are shipped with the program and hold what the test of the lexicon
 * has checked by these schemas; so they are read here and not checked again in every process.
 *
 * Names are keys in singular snake_case. English is left out where it is the name itself with spaces; Chinese is left out
 * of words that no Chinese compound can hold (`of`, `from`).
 */

import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** What a row's human name looks like. */
export const nounKindNames = [
  'person', // Ada Byrne
  'company', // Byrne & Sons
  'place', // Lisbon Riverside
  'product', // Oak Desk Lamp
  'machine', // falcon-archive
  'work', // Quarterly budget review
  'file', // budget-review.pdf
  'group', // Harbor Team
  'label', // urgent, billing
  'message', // a subject line
  'money', // known by number, amount and date
  'thing', // Harbor Launch
] as const

const name = z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
const english = z.string().regex(/^[\p{Script=Latin}][\p{Script=Latin}\p{N} '/-]*$/u)
/** Chinese words may hold Latin names (`SQL服务器`); some are nothing else (`SKU`). */
const chinese = z.string().regex(/^[\p{Script=Han}\p{Script=Latin}\p{N}/（）]+$/u)
const template = z.string().regex(/^[^{}]*\{x\}[^{}]*$/)
const unique = <T>(item: z.ZodType<T>) =>
  z.array(item).refine((all) => new Set(all).size === all.length, { message: 'An entry stands twice.' })

const said = {
  zh: chinese,
  /** Chinese of it before another noun (上级名称, not 家长名称), and at the end of a compound (权限组, not 权限小组). */
  before: chinese.optional(),
  after: chinese.optional(),
  /** The measure word between a number and the noun (三张发票); 个 where it is left out. */
  measure: z
    .string()
    .regex(/^\p{Script=Han}$/u)
    .optional(),
  kind: z.enum(nounKindNames),
}
export const nounSchema = z.union([
  z.strictObject({ one: english.optional(), many: english.optional(), ...said }),
  z.strictObject({ say: z.literal(false), kind: z.enum(nounKindNames).optional() }),
])

export const wordSchema = z
  .strictObject({
    en: english.optional(),
    zh: chinese.optional(),
    /** Of a participle: what happens then (`closed` → the closing), for dates. */
    act: english.optional(),
    /** Never what a table is of: no table is called `pending`. */
    adjective: z.literal(true).optional(),
  })
  .readonly()

export const columnSchema = z
  .strictObject({ en: english.optional(), zh: chinese.optional(), say: z.literal(false).optional() })
  .refine(({ zh, say }) => say === false || zh !== undefined, { message: 'A column that is said needs its Chinese.' })

export const stateSchema = z.strictObject({
  /** Before a noun (`the ongoing task`); the predicate where it is left out, nothing where it is ''. */
  attribute: z.union([english, z.literal('')]).optional(),
  /** After `is` (`it is still pending`). */
  predicate: english,
  zh: chinese,
})

export const flagSchema = z.strictObject({ on: english, off: english, zh: z.tuple([chinese, chinese]) })

export const verbSchema = z.strictObject({
  /** States that it leads to; the first that the table's enum has, else the first is added. Empty: a dated event. */
  to: z.array(name).readonly(),
  /** States it refuses beside its own target. */
  refuses: z.array(name).readonly(),
  /** Flags (boolean columns) that it sets instead, where the table has one of them. */
  flag: z.strictObject({ names: z.array(name).min(1).readonly(), to: z.literal([0, 1]) }).optional(),
  /** As an imperative with `{x}` for the thing: "cancel {x}". */
  say: template,
  past: english,
  zh: template,
  /** What is said of the thing afterwards: 已取消. */
  zhPast: chinese,
  /** Kinds of things that people say it of; all of them where it is left out. */
  of: unique(z.enum(nounKindNames)).min(1).optional(),
  /** It says nothing without what it is done with or to what end: "move it". */
  needs: z.literal(true).optional(),
})

const noun = z.union([name, z.templateLiteral(['@', z.enum(nounKindNames)])])
const anywhere = {
  columns: unique(name).min(1),
  /** Nouns of tables, or `@kind`; any table where it is left out. */
  tables: unique(noun).min(1).optional(),
  /** Words of which some other column of the table has one; none is needed where it is left out. */
  near: unique(name).min(1).optional(),
}
export const poolSchema = z.union([
  z
    .strictObject({ ...anywhere, en: unique(z.string().min(1)).min(2), zh: unique(z.string().min(1)).min(2) })
    .refine(({ en, zh }) => en.length === zh.length, { message: 'Both languages list the same values in one order.' }),
  z.strictObject({ ...anywhere, faker: z.string().regex(/^[a-z][A-Za-z]*\.[a-z][A-Za-z0-9]*$/) }),
])

/** A value of a kind or type that people name: `read_only`, 只读; English where it isn't the name with spaces. */
export const valueSchema = z.strictObject({ en: english.optional(), zh: chinese })

const dictionary = <T extends z.ZodType>(entry: T) => z.record(name, entry)

/** File → what it holds. */
export const schemas = {
  'nouns.json': dictionary(nounSchema),
  'words.json': dictionary(wordSchema),
  'columns.json': dictionary(columnSchema),
  'states.json': dictionary(stateSchema),
  'flags.json': dictionary(flagSchema),
  'verbs.json': z.strictObject({
    verbs: dictionary(verbSchema),
    /** Other spellings of a verb in paths and names. */
    spellings: z.record(name, name),
    /** States in which a row begins, for tables whose status was invented or whose enum has one of them. */
    startStates: unique(name),
    /** The state a verb most likely starts from: what an invented status column begins with. */
    sourceStates: z.record(name, name),
  }),
  'values.json': dictionary(valueSchema),
  'unsaid.json': z.strictObject({ columnWords: unique(name) }),
  'pools.json': z.strictObject({
    /** Of those that fit equally well, the first is taken. */
    pools: z.array(poolSchema),
    /** Semantic of a column → generator of @faker-js/faker. */
    generators: z.record(name, z.string()),
  }),
}

export const readJson = (file: keyof typeof schemas): unknown =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))

const read = <F extends keyof typeof schemas>(file: F) => readJson(file) as z.output<(typeof schemas)[F]>

export const nouns = read('nouns.json')
export const words = read('words.json')
export const columns = read('columns.json')
export const states = read('states.json')
export const flags = read('flags.json')
export const values = read('values.json')
export const verbFile = read('verbs.json')
export const poolFile = read('pools.json')
/** Words that make a column a machine's: a name that holds one of them isn't said. */
export const { columnWords: unsaidWords } = read('unsaid.json')

export type Noun = z.output<typeof nounSchema>
export type Pool = z.output<typeof poolSchema>
export type VerbEntry = z.output<typeof verbSchema>

/** Own properties alone: `constructor` is no word. */
export const entry = <T>(all: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(all, key) ? all[key] : undefined
