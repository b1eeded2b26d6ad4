/** What is set of a row, as arguments: its name, and `a due date of 3 May, Ada Byrne as the owner and …`. */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Dictionary } from './dictionary.ts'
import type { Mind } from './mind.ts'
import { fieldScore } from './pick.ts'
import { indexOfWords, masked, placesOf } from './text.ts'
import type { KnownTool, Parameter } from './tools.ts'
import { valueFor } from './values.ts'

const nameOrder = ['name', 'title', 'display_name', 'label', 'subject', 'full_name', 'headline', 'summary']

export function nameParameter({ parameters, noun }: Pick<KnownTool, 'parameters' | 'noun'>): Parameter | undefined {
  const texts = parameters.filter(
    ({ role, schema }) =>
      role === 'value' && schema.type === 'string' && schema.enum === undefined && schema.format === undefined,
  )
  const named = [...nameOrder, `${noun.replaceAll(' ', '_')}_name`, `${noun.split(' ').at(-1)}_name`]
  for (const wanted of named) {
    const found = texts.find(({ name }) => name === wanted)
    if (found !== undefined) return found
  }
  return texts.find(({ name }) => /(^|_)(name|title|subject|label|filename|file)$/.test(name))
}

/** `a due date of 3 May, Ada Byrne as the owner and the label "urgent"` as arguments; what isn't understood is counted. */
export function settingsFor(
  mind: Mind,
  tool: KnownTool,
  settings: string,
): { args: JsonObject; met: number; unmet: number } {
  const args: JsonObject = {}
  let met = 0
  const pieces: string[] = []
  let from = 0
  for (const { at, end } of placesOf(settings, /(?:,\s+and|,|\s+and)\s+/gi)) {
    pieces.push(settings.slice(from, at), settings.slice(at, end))
    from = end
  }
  pieces.push(settings.slice(from))
  let unmet = 0
  for (let index = 0; index < pieces.length; ) {
    // The longest run of pieces that is one setting: a name may hold an "and" of its own.
    let taken = 0
    for (let until = pieces.length; until > index && taken === 0; until -= 2) {
      const found = settingIn(mind, tool, pieces.slice(index, until).join(''))
      if (found === undefined || args[found.name] !== undefined) continue
      args[found.name] = found.value
      taken = until - index
    }
    if (taken > 0) met += 1
    else if ((pieces[index] as string).trim() !== '') unmet += 1
    index += Math.max(taken, 1) + 1
  }
  return { args, met, unmet }
}

/** `截止日期为2025年5月3日`: one setting a piece. */
export function chineseSettings(
  mind: Mind,
  tool: KnownTool,
  pieces: readonly string[],
): { args: JsonObject; met: number; unmet: number } {
  const args: JsonObject = {}
  let met = 0
  for (const piece of pieces) {
    const text = piece.trim()
    const flag = /^(?:设为|标记为)(.+)$/.exec(text)?.[1]
    const found = flag === undefined ? leadingField(mind.dictionary, tool.parameters, text) : undefined
    const parameter =
      found?.parameter ??
      tool.parameters.find(
        ({ name, schema }) =>
          flag !== undefined &&
          schema.type === 'boolean' &&
          valueFor(name, schema, flag, mind.dictionary) !== undefined,
      )
    const words = flag ?? found?.rest.replace(/^(?:为|写|是|填)/, '')
    const value =
      parameter && words !== undefined ? valueFor(parameter.name, parameter.schema, words, mind.dictionary) : undefined
    if (parameter === undefined || value === undefined) continue
    args[parameter.name] = value
    met += 1
  }
  return { args, met, unmet: pieces.length - met }
}

function settingIn(mind: Mind, tool: KnownTool, part: string): { name: string; value: Json } | undefined {
  const text = part.trim().replace(/[.?!]+$/, '')
  const options: { field: string; value: string }[] = []
  const read = (pattern: RegExp, field: number, value: number): void => {
    const [, ...places] = pattern.exec(masked(text))?.indices ?? []
    const [a, b] = [places[field - 1], places[value - 1]]
    if (a !== undefined && b !== undefined) options.push({ field: text.slice(...a), value: text.slice(...b) })
  }
  read(/^(.+) as (?:the|its) (.+)$/di, 2, 1)
  read(/^the option (".+") (.+)$/di, 1, 2)
  read(/^(?:an?|the) (.+?) of (.+)$/di, 1, 2)
  for (const { field, value } of options) {
    const fits = tool.parameters
      .filter(({ role }) => role === 'value')
      .map(({ name, schema }) => ({
        name,
        score: fieldScore(mind.dictionary, name, field.replaceAll('"', '')),
        value: valueFor(name, schema, value, mind.dictionary),
      }))
      .filter((fit) => fit.score >= 2 && fit.value !== undefined)
      .sort((a, b) => b.score - a.score)
    if (fits[0] !== undefined) return { name: fits[0].name, value: fits[0].value as Json }
  }
  const leading = leadingField(mind.dictionary, tool.parameters, text.replace(/^(?:the|an?)\s+/i, ''))
  // What goes on with another field is more than one setting.
  if (leading === undefined || /(?:,| and) (?:the|an?) /i.test(masked(leading.rest))) return undefined
  const value = valueFor(leading.parameter.name, leading.parameter.schema, leading.rest, mind.dictionary)
  return value === undefined ? undefined : { name: leading.parameter.name, value }
}

/** The parameter whose words a text begins with, the longest, and what comes behind them. */
export function leadingField(dictionary: Dictionary, parameters: readonly Parameter[], text: string) {
  let best: { parameter: Parameter; rest: string; length: number } | undefined
  for (const parameter of parameters) {
    if (parameter.role !== 'value') continue
    for (const way of dictionary.fields(parameter.name)) {
      if (indexOfWords(masked(text), way) !== 0 || way.length <= (best?.length ?? 0)) continue
      best = { parameter, rest: text.slice(way.length), length: way.length }
    }
  }
  return best
}
