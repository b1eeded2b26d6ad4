import type { Deed } from '../deed.ts'
import type { Talk } from './talk.ts'

export function sayChinese(_talk: Talk, _deeds: readonly Deed[]): string {
  return ''
}
