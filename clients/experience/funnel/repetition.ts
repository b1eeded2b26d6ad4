/**
 * Whether a text goes round in circles: how often its most frequent n-gram of words comes, and what share of the text that
 * is. Reasoning that repeats itself teaches repeating.
 * Source: AgentScaler (arXiv 2509.13311), which drops trajectories by n-gram repetition in their reasoning.
 */

export interface RepetitionRule {
  /** Words of an n-gram. */
  n: number
  /** The share of all n-grams that may be ones that were there before; more is going round in circles. */
  shareMax: number
  /** Texts with fewer n-grams than this are not looked at: a short one repeats a word by chance. */
  gramsMin: number
}

export const defaultRepetition: RepetitionRule = { n: 4, shareMax: 0.5, gramsMin: 20 }

/** Parts of a text that are counted: words and figures; a Chinese or Japanese character is a word of its own. */
const words = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+/gu

/** The share of n-grams that came before in the text, in [0, 1); 0 for a text that is too short. */
export function repeatedShare(text: string, { n, gramsMin }: RepetitionRule): number {
  const all = text.toLowerCase().match(words) ?? []
  const grams = all.length - n + 1
  if (grams < Math.max(1, gramsMin)) return 0
  const seen = new Set<string>()
  for (let at = 0; at < grams; at += 1) seen.add(all.slice(at, at + n).join(' '))
  return 1 - seen.size / grams
}

export const goesRound = (text: string, rule: RepetitionRule): boolean => repeatedShare(text, rule) > rule.shareMax
