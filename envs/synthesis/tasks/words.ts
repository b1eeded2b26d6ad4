/** Small words of an English sentence that the lexicon doesn't hold. */

/** `a` or `an` before the words, by how they are spoken: an SSH key, a user. */
export function withArticle(words: string): string {
  if (/^[A-Z]{2,4}\b/.test(words)) return `${/^[AEFHILMNORSX]/.test(words) ? 'an' : 'a'} ${words}`
  const vowel = /^[aeio]/i.test(words) && !/^(one|eu)/i.test(words)
  const other = /^(u(?!n[ai]|s|t)|hour|honest)/.test(words)
  return `${vowel || other ? 'an' : 'a'} ${words}`
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
