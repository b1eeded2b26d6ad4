/**
 * The identifiers that an operation's answer tells, out of its envelope: `{data: [{id, customer: {id}}], next}` tells the
 * id of each thing it lists, and of its customer.
 *
 * What a row is of is said by the operation's resource, by the name of its schema, and by the property it stands under.
 * Source: RestTestGen and Morest (unwrapping pages, qualifying a bare id by its parent).
 */

import { resourceOf } from '../collect/resource.ts'
import { normalWords } from '../collect/words.ts'
import type { Operation, Shape } from '../operation.ts'
import { type Identifier, identify, isScalar, makes, normalThing, type Suffix } from './identifiers.ts'

export interface Output {
  /** Dotted from the root of the answer; `[]` steps into each item of a list. */
  field: string
  /** The name as words. */
  normal: string
  things: string[]
  /** What it is a property of. */
  of: readonly string[]
  suffix: Suffix
  /** How many objects it stands in, envelopes aside. */
  depth: number
  /** The name itself says the thing. */
  isNamed: boolean
  shape: Shape
}

const wrappers = new Set(
  `data item result response payload value record row entry element object entity resource content document hit page
  embedded collection list member output body properties attribute`.split(/\s+/),
)

const schemaEndings = new Set(
  `response request dto model object resource summary detail list item entity data info information output view payload schema
  property result collection page record full short simple base read get ref reference extended v api rest`.split(
    /\s+/,
  ),
)

const depthMax = 3
const outputsMax = 80

export function outputsOf(operation: Operation): Output[] {
  if (operation.response === undefined || takesAway(operation)) return []
  const head = normalThing(resourceOf(operation)?.head ?? '')
  const found: Output[] = []
  visit(operation.response, '', head === '' ? [] : [head], 0, 0)
  return found

  function visit(shape: Shape, at: string, above: readonly string[], depth: number, levels: number): void {
    if (levels > depthMax + 2) return
    if (shape.type === 'array') {
      if (shape.items === undefined) return
      if (isScalar(shape.items)) {
        // A list of bare identifiers is one where it stands for the whole answer; elsewhere its property says so.
        return
      }
      visit(shape.items, `${at}[]`, above, depth, levels)
      return
    }
    const things = withSchema(shape, above)
    for (const [name, inner] of Object.entries(shape.properties ?? {})) {
      if (found.length >= outputsMax) return
      const field = at === '' ? name : `${at}.${name}`
      if (isScalar(inner)) tell(name, field, inner, things, depth)
      else if (isEnvelope(name, head, depth)) visit(inner, field, above, depth, levels + 1)
      else if (depth < depthMax) {
        const own = normalThing(name)
        visit(inner, field, own === '' ? [] : [own], depth + 1, levels + 1)
      }
    }
  }

  function tell(name: string, field: string, shape: Shape, things: readonly string[], depth: number): void {
    const list = shape.type === 'array'
    const own: Identifier | undefined = identify(name)
    const normal = normalWords(name).join('_')
    if (own === undefined && !things.includes(normal)) {
      // Kept for parameters of the very same name, or of that name and the thing's.
      push({ field, normal, things: [], of: things, suffix: 'whole', depth, isNamed: true, shape })
      return
    }
    const suffix = own?.suffix ?? 'whole'
    const isNamed = own !== undefined && own.thing !== ''
    push({
      field: list ? `${field}[]` : field,
      normal,
      things: isNamed ? [own.thing] : [...things],
      of: things,
      suffix,
      depth,
      isNamed,
      shape: list ? (shape.items ?? shape) : shape,
    })
  }

  function push(output: Output): void {
    if (found.length < outputsMax) found.push(output)
  }
}

/** The wrapper that holds the thing itself: a word for any wrapper, or the thing's own name around it. */
function isEnvelope(name: string, head: string, depth: number): boolean {
  if (depth > 0) return false
  const own = normalWords(name).filter((word) => word !== '')
  const joined = own.join('_')
  return wrappers.has(joined) || joined === head || (head !== '' && head.endsWith(`_${joined}`))
}

/** `OrderResponse` is one more word for an order. */
function withSchema({ component }: Shape, above: readonly string[]): string[] {
  if (component === undefined) return [...above]
  const words = normalWords(component.split('.').at(-1) as string)
  while (words.length > 0 && (schemaEndings.has(words.at(-1) as string) || /^\d+$/.test(words.at(-1) as string)))
    words.pop()
  const own = words.join('_')
  return own === '' || above.includes(own) ? [...above] : [...above, own]
}

const awayVerbs = /^(delete|remove|destroy|drop|clear|purge)_/

export function takesAway(operation: Operation): boolean {
  return operation.method === 'delete' || (awayVerbs.test(operation.name) && !makes(operation))
}
