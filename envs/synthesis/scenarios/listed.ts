/**
 * Values that a document's prose gives: `Possible values: open, closed`, `(e.g. web_browser)`, `"asc" or "desc"`. What stands
 * in a sentence is evidence, as an enum is; where a phrase could be anything else, nothing is read from it.
 */

const valuesMax = 12
/** A value is a word or two, or a code. */
const isValue = (text: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N}_.:/+-]{0,39}( [\p{L}\p{N}_-]{1,20}){0,2}$/u.test(text)
const noValues =
  /^(and|or|the|a|an|etc|others?|any|all|see|note|default|optional|required|true|false|null|none|unknown|not|is|if|will|must|should|can|more|values?|this|that|it|one|be|for)\b/i

/** All of the values a column may have, in the order of the document; none where the prose doesn't list them. */
export function listedValues(description: string): string[] {
  const told =
    /\b(?:(?:possible|valid|allowed|available|accepted|supported|permitted|legal) (?:values|options|types|statuses|states|choices)(?: (?:are|include|is|for \w+ are))?|(?:must|can|may|should|could|either|will) be (?:either |one of(?: the following)?(?: values)?)|(?:is |are )?one of(?: the following)?(?: values)?|values? (?:are|can be)|options are|either)\s*[:=]?\s*(.+)$/i.exec(
      description,
    )?.[1] ?? /\(((?:[\w-]+(?:, | \| ?|\|))*[\w-]+(?:,? or | ?\| ?)[\w-]+)\)/.exec(description)?.[1]
  return told === undefined ? [] : split(told)
}

function split(told: string): string[] {
  const quoted = [...told.matchAll(/["'`“‘]([^"'`“”‘’]{1,40})["'`”’]/g)].map((match) => match[1] as string)
  const pieces =
    quoted.length >= 2
      ? quoted
      : (told.split(/(?<=[\w)])[.;](?:\s|$)/)[0] as string)
          .replace(/[[\]{}()]/g, ' ')
          .split(/\s*(?:,|\||;|\/(?=\w)(?<=\w\/)|\bor\b|\band\b)\s*/)
  const values = [
    ...new Set(pieces.map((piece) => piece.trim().replace(/^["'`]+|["'`.:…]+$/g, '')).filter((piece) => piece !== '')),
  ]
  const good =
    values.length >= 2 && values.length <= valuesMax && values.every((value) => isValue(value) && !noValues.test(value))
  // One that is a phrase makes it a sentence, not a list.
  return good && values.every((value) => value.split(' ').length <= 2) ? values : []
}

/** Values that are named as examples. */
export function exampleValues(description: string): string[] {
  const told = /\b(?:e\.g\.?|for example|for instance|such as|example|examples|eg:|eg|like)[,:]?\s*(.+)$/i.exec(
    description,
  )?.[1]
  if (told === undefined) return []
  const quoted = [...told.matchAll(/["'`“‘]([^"'`“”‘’]{1,60})["'`”’]/g)].map((match) => match[1] as string)
  if (quoted.length > 0) return quoted.filter(isValue).slice(0, valuesMax)
  const [head = ''] = told.split(/[);]|\.(?:\s|$)/)
  const values = head
    .split(/\s*(?:,|\bor\b|\band\b|\|)\s*/)
    .map((value) => value.trim())
    .filter((value) => value !== '' && !/^(etc|\.\.\.|…)/.test(value))
  return values.length <= valuesMax &&
    values.every((value) => isValue(value) && !/ /.test(value) && !noValues.test(value))
    ? values
    : []
}
