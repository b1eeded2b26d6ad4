/**
 * Who asks, for both languages: the part of an organisation that fits the domain's tables, and a tone. The words for them
 * are each language's own.
 */

import type { Draw } from '../draw.ts'
import type { Facts } from '../facts.ts'

export type Tone = 'brief' | 'plain' | 'polite' | 'chatty' | 'hurried'

export interface Persona {
  tone: Tone
  /** Undefined where the asker says nothing of it. */
  desk: Desk | undefined
}

const tones: readonly Tone[] = ['brief', 'plain', 'plain', 'polite', 'polite', 'chatty', 'chatty', 'hurried']

/** Nouns of tables → who works with them; the first whose nouns make up most of the domain is it. */
const desks = {
  frontDesk: /(^|_)(booking|reservation|room|hotel|guest|property|rate_plan|housekeeping)(_|$)/,
  accounts:
    /(^|_)(invoice|bill|payment|expense|ledger|tax|credit_note|refund|payout|transaction|receipt|journal|bank_account|quote|statement)(_|$)/,
  support: /(^|_)(ticket|case|incident|support|conversation|agent|complaint|escalation)(_|$)/,
  shop: /(^|_)(product|order|cart|shipment|inventory|warehouse|variant|coupon|discount|catalog|return|stock|price)(_|$)/,
  platform:
    /(^|_)(repo|repository|branch|commit|build|pipeline|deployment|server|cluster|droplet|firewall|instance|volume|database|domain|webhook|hook|load_balancer|environment|container|network|backup|certificate|app|host)(_|$)/,
  people: /(^|_)(employee|leave|payroll|time_off|candidate|job|applicant|timesheet|department|benefit)(_|$)/,
  courses: /(^|_)(student|course|class|lesson|teacher|school|enrollment|assignment|exam)(_|$)/,
  practice: /(^|_)(patient|appointment|lab_result|practitioner|prescription|doctor|medication|claim)(_|$)/,
  sales: /(^|_)(lead|deal|campaign|newsletter|contact|subscriber|audience|opportunity|segment|prospect)(_|$)/,
  media: /(^|_)(album|track|video|playlist|film|artist|song|episode|podcast|photo|article|post|channel)(_|$)/,
  events: /(^|_)(event|venue|attendee|speaker|session|registration|performer)(_|$)/,
  projects: /(^|_)(project|task|board|card|checklist|milestone|sprint|issue|workspace|time_entry)(_|$)/,
} as const

export type Desk = keyof typeof desks

const deskNames = Object.keys(desks) as Desk[]
/** How many of the domain's tables have to speak for a desk, and how often it is told. */
const shareMin = 0.34
const toldShare = 0.2

export function choosePersona(draw: Draw, { domain }: Facts): Persona {
  const tone = draw.pick(tones) as Tone
  if (!draw.chance(toldShare)) return { tone, desk: undefined }
  let best: { desk: Desk; hits: number } | undefined
  for (const desk of deskNames) {
    const hits = domain.tables.filter(({ name }) => desks[desk].test(name)).length
    if (hits > (best?.hits ?? 0)) best = { desk, hits }
  }
  const fits = best !== undefined && best.hits >= domain.tables.length * shareMin
  return { tone, desk: fits ? best?.desk : undefined }
}
