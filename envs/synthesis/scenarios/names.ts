/**
 * What the rows of a table are called: people and companies as in the row's country, machines as engineers name them, and
 * the rest by what it is (`Spring sale campaign`), so that a name fits its table.
 *
 * Names are alike on purpose: they share their words with others of the table, and only together tell one row.
 */

import type { Column } from '../../../schemas/domain.ts'
import { sayTable, tableKind } from '../lexicon.ts'
import { capital } from '../materialize/words.ts'
import type { Context, Maker } from './context.ts'
import { slug } from './fold.ts'
import * as pool from './pools.ts'

/**
 * Of a row that has a name already, another one for the same thing: `display_name` beside `name`.
 * @param first the column of its name
 */
export function otherName(first: string, column: string): Maker {
  return (context) => {
    const name = String(context.row[first] ?? '')
    if (/(^|_)(unique|generate|metadata|slug|code|internal|resource)_?name$|^name$/.test(column))
      return ownSlug(context)
    if (/short/.test(column)) return name.split(' ').slice(0, 2).join(' ')
    return /^[a-z0-9]+([-._/][a-z0-9]+)+$/.test(name) ? capital(name.replace(/[-._/]+/g, ' ')) : name
  }
}

/** Names of a table's own rows: `name`, `display_name`, and what is said with its noun. */
export const isOwnName = (noun: string, column: string): boolean => {
  const other = /^(.+)_(name|title|label)$/.exec(column)?.[1]
  return column !== 'label' && (other === undefined || other === noun || ownWords.test(other))
}
const ownWords =
  /(^|_)(display|friendly|short|full|unique|generate|legal|common|preferred|other|new|local|given|own|metadata|printable|nick|screen)$/

/** The names of a table's rows, or of what another noun (`device_name` of a call) means. */
export function namesOf(
  table: string,
  { name: column, description = '' }: Column,
  neighbours: ReadonlySet<string>,
): Maker {
  const other = /^(.+)_(name|title|label)$/.exec(column)?.[1]
  const noun = other === undefined || ownWords.test(other) ? table : told(other, description)
  const own = noun === table
  if (column === 'tag_name' && /(^|_)(release|image|build|version|commit)$/.test(table))
    return listedName(pool.namesByNoun.get('release') as readonly string[])
  const last = noun.split('_').at(-1) as string
  const kind = tableKind(noun)
  // What has a mail address of its own is somebody.
  if (own && neighbours.has('email') && /^(thing|work|label)$/.test(kind)) return ({ person }) => person.whole
  const listed = pool.namesByNoun.get(noun) ?? pool.namesByNoun.get(last)
  if (listed !== undefined) return listedName(listed)
  if (!own && peopleNouns.test(last)) return ({ person }) => person.whole
  if (kind === 'person') return ({ person }) => person.whole
  if (kind === 'company' && !isAccess(neighbours)) return ({ company }) => company
  if (kind === 'place') return placeName
  if (kind === 'label' || column === 'label') return ({ random }) => random.pick(pool.labels)
  if (kind === 'message') return ({ random }) => random.pick(pool.subjects)
  if (kind === 'file') return fileName
  if (kind === 'machine' || isInfrastructure(neighbours)) return machineName
  if (kind === 'product' && goods.test(last)) return listedName(pool.products)
  if (kind === 'work' && workNouns.test(last)) return workName
  return qualifiedName(noun)
}

/** Of whom a name is, where the noun is no table's. */
const peopleNouns =
  /^(from|to|sender|recipient|signer|payer|payee|holder|approver|creator|attn|beneficiary|guest|buyer|seller|shopper|passenger|contact|author|manager|instructor|host|organizer)$/
const goods =
  /^(products?|items?|article|goods?|variant|accessory|equipment|gift|merchandise|purchase|line|sku|part|material|unit|listing|inventory|stock)$/

/** `production_name`, "Name of the target branch": of branches, where the column's own word says nothing. */
function told(noun: string, description: string): string {
  const last = noun.split('_').at(-1) as string
  if (pool.namesByNoun.has(last) || tableKind(noun) !== 'thing') return noun
  const said = /\bname of (?:the|an?|this) (?:\w+ ){0,2}?(\w+?)(?:'s|s)?(?=[ .,;)]|$)/i
    .exec(description)?.[1]
    ?.toLowerCase()
  return said !== undefined && (pool.namesByNoun.has(said) || tableKind(said) !== 'thing') ? said : noun
}

/** What is done and has a name for what is done. */
const workNouns =
  /^(projects?|task|subtask|todo|issue|story|epic|initiative|milestone|job|assignment|activity|board|sprint|brief|pull|pull_request|request|card|action_item|ticket)$/

/** An account of a cloud is no company. */
const isAccess = (neighbours: ReadonlySet<string>): boolean => isInfrastructure(neighbours)

/** What runs somewhere: engineers name it. */
const isInfrastructure = (neighbours: ReadonlySet<string>): boolean =>
  [
    'resource_group_id',
    'resource_group_name',
    'provisioning_state',
    'kind_of_resource',
    'metadata_namespace',
    'self_link',
    'arn',
    'metadata_resource_version',
    'fingerprint',
    'vpc_id',
    'subnet_id',
    'zone',
    'cidr',
  ].some((name) => neighbours.has(name))

const turn = ({ index }: Context, length: number, step = 1): number => (index * step) % length

/** In turn, from where the table begins: each once before any comes twice. */
const listedName =
  (values: readonly string[]): Maker =>
  (context) =>
    values[turn(context, values.length)] as string

const placeName: Maker = (context) => `${context.place.city} ${context.random.pick(pool.placeSuffixes)}`

const machineName: Maker = ({ random, index }) =>
  `${pool.systems[index % pool.systems.length]}-${random.pick(pool.machineRoles)}${random.chance(0.5) ? `-${random.pick(pool.stages)}` : ''}`

const fileName: Maker = ({ random }) => `${random.pick(pool.fileStems)}.${random.pick(pool.fileEndings)}`

const workName: Maker = (context) => {
  const name = pool.workNames[turn(context, pool.workNames.length, 7)] as string
  return context.random.chance(0.4) ? `${name}, ${context.random.pick(pool.workQualifiers)}` : name
}

/** `Northern sales group`, `Standard group`: a few words, and the noun that people say. */
function qualifiedName(noun: string): Maker {
  const said = sayTable(noun).split(' ').slice(-2).join(' ')
  return (context) => {
    const { random } = context
    const first = pool.qualifiers[turn(context, pool.qualifiers.length, 5)] as string
    return random.chance(0.4)
      ? `${first} ${said}`
      : `${first} ${(random.pick(pool.departments) as string).toLowerCase()} ${said}`
  }
}

/** The same as an address takes it. */
export const called = ({ row, names }: Context): string => {
  for (const name of names) {
    const value = row[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

/** The row's own name as a link has it, or something like it. */
export function ownSlug(context: Context): string {
  const words = slug(called(context), '-').slice(0, 40)
  return words === '' ? `${context.table.name.split('_').at(-1)}-${context.index + 1}` : words.replace(/-+$/, '')
}
