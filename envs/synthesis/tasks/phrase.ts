/**
 * The intent: deeds as what a person would write, in the language that the facts were read for. The seed chooses who writes
 * (phrase/persona.ts), the forms, and whether a reason is given; a row is named once and is "it" while the talk stays with
 * it. What is said of values and rows was settled before (said.ts, refer.ts): the words here never change it.
 */

import type { Deed } from './deed.ts'
import type { Draw } from './draw.ts'
import type { Facts } from './facts.ts'
import { sayChinese } from './phrase/chinese.ts'
import { sayEnglish } from './phrase/english.ts'
import { beginTalk } from './phrase/talk.ts'

export function sayIntent(deeds: readonly Deed[], draw: Draw, facts: Facts): string {
  const talk = beginTalk(draw, facts)
  return facts.language === 'zh' ? sayChinese(talk, deeds) : sayEnglish(talk, deeds)
}
