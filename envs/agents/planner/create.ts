/** Making rows: one, or several under one parent, each with its name and what is set of it. */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { type Ending, write } from './act.ts'
import { chineseCreation, isChinese } from './chinese.ts'
import { findRow } from './find.ts'
import { idOf, type Known, type Mind, type Plan } from './mind.ts'
import { chineseSettings, nameParameter, settingsFor } from './settings.ts'
import { masked, nounsIn, placesOf } from './text.ts'
import type { KnownTool } from './tools.ts'
import { valueFor } from './values.ts'

const naming = /\s(?:called|named|titled|with the (?:name|title))\s|\s(?=")/i
const several = /^(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\s/i

export function* create(mind: Mind, rest: string): Plan<Ending> {
  if (isChinese(rest)) return yield* createChinese(mind, rest)
  const many = several.test(rest)
  if (!many && !/^(?:an?|another|one|the following)\s/i.test(rest)) return 'unclear'
  const listAt = many ? masked(rest).indexOf(': ') : -1
  const whole = listAt < 0 ? rest : rest.slice(0, listAt)
  const hidden = masked(whole)
  const mentions = nounsIn(whole, mind.kit)
  const [head] = mentions
  if (head === undefined) return 'unclear'
  const tools = mind.kit.tools.filter(({ effect, noun }) => effect === 'create' && noun === head.noun)
  if (tools.length === 0) return 'unclear'
  // Parents are named between the noun and what is set.
  const withAt = indexOf(hidden, /\swith\s/i, head.end)
  const links = placesOf(
    whole,
    /\s(?:for|in|of|under|to|on|from|at)\s(?=(?:the|that|this|my|our)\s(?:same\s)?(?:[^\s"]+\s){0,5}?\S)|\s(?:for|in|of|under|to)\s(?=(?:it|them|him|her)\b)/gi,
  ).filter(
    ({ at, end }) =>
      at >= head.end &&
      (withAt < 0 || at < withAt) &&
      (/^(?:it|them|him|her)\b/i.test(whole.slice(end)) ||
        mentions.some((mention) => mention.at >= end && mention.at - end < 40)),
  )
  const parents: Known[] = []
  for (const [index, link] of links.entries()) {
    const until = links[index + 1]?.at ?? (withAt >= 0 ? withAt : whole.length)
    const found = yield* findRow(mind, whole.slice(link.end, until).replace(/[.?!]+$/, ''))
    if (found !== undefined) parents.push(found)
  }
  const end = Math.min(
    ...[links[0]?.at, withAt >= 0 ? withAt : undefined, whole.length].filter((at) => at !== undefined),
  )
  const after = naming.exec(hidden.slice(head.end, end))
  const named = after === null ? null : { index: after.index + head.end, length: after[0].length }
  const name = named === null ? undefined : whole.slice(named.index + named.length, end)
  const items =
    listAt < 0
      ? [{ name, settings: withAt < 0 ? '' : whole.slice(withAt + 5).trim() }]
      : itemsIn(rest.slice(listAt + 2).replace(/[.?!]+$/, ''))
  let ending: Ending = 'unclear'
  for (const item of items) {
    ending = 'unclear'
    const options = tools
      .map((tool) => creation(mind, tool, parents, item.name, item.settings))
      .filter((option) => option !== undefined)
      .sort((a, b) => b.score - a.score)
    for (const { tool, args } of options) {
      ending = yield* write(mind, tool, args)
      if (ending === 'done') break
    }
    if (ending !== 'done') return ending
  }
  return ending
}

function* createChinese(mind: Mind, text: string): Plan<Ending> {
  const said = chineseCreation(text)
  const head = said && nounsIn(said.noun, mind.kit)[0]
  if (said === undefined || head === undefined) return 'unclear'
  const parents: Known[] = []
  for (const words of said.parents) {
    const found = yield* findRow(mind, words)
    if (found !== undefined) parents.push(found)
  }
  const tools = mind.kit.tools.filter(({ effect, noun }) => effect === 'create' && noun === head.noun)
  const after = said.noun.slice(head.end).trim()
  for (const { name = after === '' ? undefined : after, settings } of said.items) {
    const options = tools
      .map((tool) => creation(mind, tool, parents, name, settings))
      .filter((option) => option !== undefined)
      .sort((a, b) => b.score - a.score)
    const [best] = options
    const ending = best === undefined ? 'unclear' : yield* write(mind, best.tool, best.args)
    if (ending !== 'done') return ending
  }
  return 'done'
}

/** `"A", "B" with the due date 3 May and one with the due date 4 May`: each with its name and what is set. */
function itemsIn(list: string): { name: string | undefined; settings: string }[] {
  const parts: string[] = []
  let from = 0
  for (const { at, end } of placesOf(list, /(?:,\s+and|,|\s+and)\s+(?!the\s)/gi)) {
    parts.push(list.slice(from, at))
    from = end
  }
  parts.push(list.slice(from))
  return parts.map((part) => {
    const at = indexOf(masked(part), /(?:^|\s)with\s/i, 0)
    const name = (at < 0 ? part : part.slice(0, at)).trim().replace(/^one$/i, '')
    return { name: name === '' ? undefined : name, settings: at < 0 ? '' : part.slice(at).replace(/^\s*with\s/i, '') }
  })
}

const indexOf = (text: string, pattern: RegExp, from: number): number => {
  const at = text.slice(from).search(pattern)
  return at < 0 ? -1 : at + from
}

export function creation(
  mind: Mind,
  tool: KnownTool,
  parents: readonly Known[],
  name: string | undefined,
  settings: string | readonly string[],
) {
  const args: JsonObject = {}
  let score = 0
  for (const parent of parents) {
    const parameter = tool.parameters.find(
      ({ name: key, role }) => role === 'key' && args[key] === undefined && mind.kit.nounOf(key) === parent.noun,
    )
    if (parameter === undefined) score -= 5
    else {
      args[parameter.name] = idOf(parent) as Json
      score += 2
    }
  }
  if (name !== undefined) {
    const parameter = nameParameter(tool)
    const value = parameter && valueFor(parameter.name, parameter.schema, name, mind.dictionary)
    if (parameter === undefined || value === undefined) score -= 5
    else {
      args[parameter.name] = value
      score += 2
    }
  }
  const values =
    typeof settings === 'string' ? settingsFor(mind, tool, settings) : chineseSettings(mind, tool, settings)
  Object.assign(args, values.args)
  score += values.met - 3 * values.unmet
  for (const { name: key, required, role } of tool.parameters) {
    if (!required || args[key] !== undefined) continue
    const noun = role === 'key' ? mind.kit.nounOf(key) : undefined
    const near = noun === undefined ? undefined : mind.last.get(noun)
    if (near === undefined) return undefined
    args[key] = idOf(near) as Json
    score -= 1
  }
  return { tool, args, score }
}
