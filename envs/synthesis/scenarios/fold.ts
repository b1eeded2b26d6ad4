/**
 * Names in the letters of mail addresses and links: without accents, Chinese characters by their sound.
 * `Łódź` → lodz, `Müller & Söhne` → muller.sohne, 王伟 → wangwei.
 */

import { sounds } from './han.ts'

/** Letters that no accent can be taken from. */
const plain: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
}

/** Small ASCII letters and digits, in words. */
export function foldWords(text: string): string[] {
  const folded = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, (letter) => plain[letter] ?? sounds.get(letter) ?? ' ')
  return folded.match(/[a-z0-9]+/g) ?? []
}

export const slug = (text: string, between = '.'): string => foldWords(text).join(between)
