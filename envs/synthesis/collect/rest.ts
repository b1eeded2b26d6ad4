/**
 * The route that a tool without one would have: what it is called says what is done to what, and its identifiers say to
 * which. `get_issue(issue_id)` is `GET /issues/{issue_id}`.
 *
 * Only stages that think in routes ask for it; the normal form keeps what the document said.
 */

import type { Method, Operation, Parameter, RestOperation } from '../operation.ts'
import { resourceOf } from './resource.ts'
import { kindOf } from './verbs.ts'
import { normalWords, plural } from './words.ts'

const makes = new Set(['create', 'add', 'new', 'insert', 'make', 'open', 'register', 'post', 'submit', 'send', 'book'])
const changes = new Set(['update', 'set', 'rename', 'replace', 'save', 'upsert', 'change', 'modify', 'edit', 'patch'])
const takesAway = new Set(['delete', 'remove', 'destroy', 'drop', 'clear', 'purge'])
const looksAtMany = new Set(['list', 'search', 'find', 'query', 'browse', 'filter'])

export function asRest(operation: Operation): RestOperation {
  if (operation.method !== undefined && operation.path !== undefined) return operation as RestOperation
  const verb = operation.name.split('_', 1)[0] as string
  const noun = resourceOf(operation)?.head ?? 'item'
  const method = methodOf(operation, verb)
  const many = looksAtMany.has(verb) || makes.has(verb)
  const picked = many ? undefined : operation.parameters.find((parameter) => isKey(parameter, noun))
  const action =
    kindOf(operation) === 'write' && ![makes, changes, takesAway].some((verbs) => verbs.has(verb)) ? `/${verb}` : ''
  const collection = `/${plural(noun)}`
  return {
    ...operation,
    method,
    path: picked === undefined ? collection + action : `${collection}/{${picked.name}}${action}`,
    parameters: operation.parameters.map((parameter) => ({
      ...parameter,
      in: parameter === picked ? 'path' : method === 'get' || method === 'delete' ? 'query' : 'body',
    })),
  }
}

function methodOf(operation: Operation, verb: string): Method {
  if (kindOf(operation) === 'read') return 'get'
  if (takesAway.has(verb)) return 'delete'
  return changes.has(verb) ? 'patch' : 'post'
}

/** `id`, `issue_id`, `issue_number` of an issue. */
function isKey({ name }: Parameter, noun: string): boolean {
  const words = normalWords(name)
  const last = words.at(-1) as string
  const own = normalWords(noun)
  if (!/^(id|key|slug|number|code|name|ref|reference)$/.test(last)) return words.join('_') === own.join('_')
  const rest = words.slice(0, -1).join('_')
  if (rest === '') return last !== 'name'
  return rest === own.join('_') || rest === own.at(-1) || own.join('_').startsWith(`${rest}_`)
}
