/**
 * Where operations without a key belong. A thing of which no operation has a key is a part of what it stands under, or the
 * only one of its kind: `PUT /users/{id}/avatar` changes the user, `GET /settings` reads the one row there is. What is done
 * to a whole collection under a parent (`PUT /teams/{id}/members`) is something done to the parent, and leaves a dated row.
 *
 * So that no key has to be invented where the document shows that there is none.
 */

import { asRest } from '../collect/rest.ts'
import type { Operation, RestOperation } from '../operation.ts'
import { inputFields, isOwnKey, keyField, outputFields } from './fields.ts'
import type { Resource } from './resources.ts'
import { isCrudWord } from './resources.ts'
import { plural, singular, snake } from './words.ts'

/**
 * The route of an operation; one that calls a procedure (`/#Action=DeleteDomain`, `/getResponsePlan`) has the route that its
 * name says.
 */
export function routeOf(operation: Operation): RestOperation {
  if (operation.path === undefined || operation.method === undefined) return asRest(operation)
  const path = operation.path.split('#')[0] as string
  const segments = path.split('/').filter((segment) => segment !== '' && !/^v\d/.test(segment))
  const last = snake(segments.at(-1) ?? '')
  const [verb = '', ...rest] = last.split('_')
  const isCall =
    segments.length === 0 ||
    (rest.length > 0 && isCrudWord(verb) && !path.includes('{') && segments.length <= 2 && !last.startsWith('new_'))
  if (!isCall) return path === operation.path ? (operation as RestOperation) : { ...(operation as RestOperation), path }
  const { method: _method, path: _path, ...call } = operation
  return asRest(isCall && segments.length > 0 ? { ...call, name: last } : call)
}

export function placeKeyless(resources: readonly Resource[], drop: (what: string) => void): Resource[] {
  const keyed = new Set<string>()
  for (const { chain } of resources) for (const link of chain) if (link.key !== undefined) keyed.add(link.noun)
  const gone = new Set<Resource>()
  const byNoun = Map.groupBy(resources, ({ chain }) => chain.at(-1)?.noun as string)
  for (const [noun, own] of byNoun) {
    const keyless = own.filter((resource) => resource.chain.at(-1)?.key === undefined && !namesOne(resource, noun))
    const single = !keyed.has(noun) && keyless.length === own.length && isSingle(own)
    // What is only ever posted under a parent, and answered without a key, is something done to the parent.
    const posted = keyless.length === own.length && !keyed.has(noun) && own.every(({ verb }) => verb === 'create')
    for (const resource of keyless) {
      const above = resource.chain.findLast(
        (link, index) => index < resource.chain.length - 1 && link.key !== undefined,
      )
      if (single && above !== undefined) foldIntoParent(resource)
      else if (posted && above !== undefined && !isAnsweredWithKey(resource, noun)) {
        foldIntoParent(resource, `create_${noun}`)
      } else if (single) {
        if (resource.verb === 'create') resource.verb = 'update'
        if (resource.verb === 'delete') gone.add(resource)
        if (resource.verb === 'list' || resource.verb === 'search') resource.verb = 'get'
        resource.sole = true
      } else if (resource.verb === 'delete') {
        drop('deletes without a key')
        gone.add(resource)
      } else if ((resource.verb === 'update' || resource.verb === 'action') && above !== undefined) {
        const verb = resource.action ?? 'set'
        popKeyless(resource)
        resource.verb = 'action'
        resource.action = `${verb}_${plural(noun)}`
        resource.derived = true
      }
    }
  }
  return resources.filter((resource) => !gone.has(resource))
}

const isAnsweredWithKey = ({ operation }: Resource, noun: string): boolean =>
  outputFields(operation, noun).fields.some((field) => isOwnKey(field.name, noun))

/** Whether its inputs name the row that it works on. */
const namesOne = ({ operation, verb }: Resource, noun: string): boolean =>
  verb !== 'list' &&
  verb !== 'search' &&
  verb !== 'create' &&
  (['body', 'query'] as const).some((where) => keyField(inputFields(operation, noun, where), noun) !== undefined)

/** One thing, by all signs: no answer is a list, its segment is spelled as one, and nothing searches it. */
function isSingle(own: readonly Resource[]): boolean {
  return own.every(({ operation, verb, chain }) => {
    if (verb === 'search') return false
    const noun = chain.at(-1)?.noun as string
    if (outputFields(operation, noun).many) return false
    const spelled = snake(
      operation.path
        .split(/[/:]/)
        .filter((piece) => piece !== '' && !piece.includes('{'))
        .at(-1) ?? '',
    )
    const isPlural = spelled !== singular(spelled)
    const tied = chain.some((link) => link.key !== undefined)
    return verb === 'create'
      ? tied && !isPlural
      : !isPlural || /settings|preferences|credentials|details|permissions/.test(spelled)
  })
}

/** Up to what the path picks one of. */
function popKeyless({ chain }: Resource): void {
  while (chain.length > 1 && chain.at(-1)?.key === undefined) chain.pop()
}

function foldIntoParent(resource: Resource, action?: string): void {
  const part = resource.chain.at(-1)?.noun as string
  popKeyless(resource)
  if (action !== undefined) {
    resource.verb = 'action'
    resource.action = action
    resource.derived = true
    return
  }
  switch (resource.verb) {
    case 'list':
    case 'search':
    case 'get':
      resource.verb = 'get'
      return
    case 'create':
    case 'update':
      resource.verb = 'update'
      return
    case 'delete':
      resource.verb = 'action'
      resource.action = `remove_${part}`
      resource.derived = true
      return
    case 'action':
      resource.action = `${resource.action}_${part}`
      resource.derived = true
  }
}
