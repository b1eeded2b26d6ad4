/** Free text that fits its column and its table: what a description, a note, an error or a biography says. */

import { sayTable, sayTables, tableKind } from '../lexicon.ts'
import { capital } from '../materialize/words.ts'
import type { Maker } from './context.ts'
import * as pool from './pools.ts'

const words = (text: string): string[] => text.split('|').map((word) => word.trim())

/** `{x}` the thing, `{X}` at the beginning of a sentence, `{xs}` many of it, `{d}` a department, `{c}` the row's city. */
const descriptions = words(
  'Used by the {d} team every week.|{X} of the {c} office.|Made for the move to the new system.|Standard {x} for new customers.|Replaces the {x} of last year.|Shared by {d} and {e}.|Kept until the audit is over.|For tests only; not used by customers.|Set up after the workshop in {c}.|Approved by {d} in the spring.|Reviewed once a quarter by {d}.|Covers everything that the other {xs} leave out.|Requested by {d}, maintained by {e}.|First version; figures to follow.|Only for partners in {c}.|Main {x} for {d}.|Needed for the yearly report.|Copied from the {c} office and adapted.|Archived copy of an older {x}.|Runs alongside the regular {xs} in the summer.',
)
const productTexts = words(
  'Made of solid oak, finished by hand.|Machine washable at 30 degrees.|Comes with a two-year warranty.|Holds up to 1.5 litres.|Folds flat for storage.|Recycled cotton, fair trade.|Our best seller of last autumn.|Lightweight and water resistant.|Dishwasher safe.|Set of two, with a gift box.|Batteries included.|Limited edition of this season.|Suitable for indoor and outdoor use.|Ships in two parcels.|Refill pack.',
)
const systemTexts = words(
  'Serves the public API.|Nightly batch jobs.|Test set-up, may be rebuilt at any time.|Keeps thirty days of logs.|Behind the load balancer.|Owned by the platform team.|To be replaced in the next quarter.|Scales between two and eight nodes.|Only reachable from the office network.|Stores session data.|Second copy in another zone.|Used by the reporting jobs.|Created by the deployment script.|Legacy, no new clients.',
)
const personTexts = words(
  'Works in {c}, mostly mornings.|Joined from the {d} team.|Likes cycling and old cameras.|Speaks English and Spanish.|Prefers e-mail to the phone.|Part-time, Monday to Wednesday.|Ten years in {d}.|Moved to {c} last summer.|Coaches a youth team at weekends.|Writes about food and travel.',
)
const errors = words(
  'Connection timed out after 30 seconds.|Permission denied for this resource.|The quota of the day is used up.|The file could not be read.|Invalid value for a required field.|The service did not answer.|Checksum does not match.|Duplicate key.|The certificate has expired.|Not enough space left.|The host name could not be resolved.|Cancelled by the user.',
)
const instructions = words(
  'Ring twice, second floor.|Leave with the neighbour if nobody is in.|Take with food, twice a day.|Keep upright and dry.|Use the back entrance.|Call ten minutes before arrival.|Rinse before first use.|Fill in all three pages.|Sign at the front desk.|Do not freeze.|Start with the second chapter.|Bring a photo and your card.',
)
const messages = words(
  'Hi, could you send me the invoice again?|Thanks, that works for us.|When will the order arrive?|I have attached the signed copy.|The meeting is moved to Thursday at ten.|Please call me back this afternoon.|We are very happy with the result.|The second box was damaged.|Could we get an offer for twelve people?|I can no longer log in since yesterday.|See the figures in the table below.|Does this come in blue?|Let us talk about it on Monday.|Please cancel my appointment.|Great work, thank you all!|Which documents do you still need from me?|The link in your mail does not open.|We would like to extend for a year.',
)
const reviews = words(
  'Exactly as described.|Arrived two days late, but in good order.|Friendly staff and a clean room.|Too small for my taste.|Would buy again.|The colour is different from the picture.|Good value for the price.|Easy to set up.|Stopped working after a month.|My children love it.|Solid quality, heavy box.|Support answered within the hour.',
)
const headlines = words(
  'A quiet start to the season|What changed in the new version|Five ideas for small kitchens|Numbers of the quarter|How we moved the archive|A visit to the workshop|Voices from the team|Three questions about shipping|Behind the scenes|Looking back at the fair',
)
const commands = words(
  '/usr/bin/env python3 import.py|bash run.sh --all|npm run build|java -jar worker.jar|python train.py --epochs 10|make test|node sync.js|pg_dump orders',
)

/** Words of a column's name → what it says. The first that fits. */
const byName: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(^|_)(error|failure|exception|fault|warning)(_|$)|(^|_)status_(message|details|reason|description)$/, errors],
  [/(^|_)(instructions?|directions|dosage|how_to|special_requests)$/, instructions],
  [/(^|_)(bio|biography|about_me|about)$/, personTexts],
  [/(^|_)(review|feedback|testimonial)(_text|_body|_comment)?$/, reviews],
  [/(^|_)(headline|caption|tagline|slogan|intro|abstract)$/, headlines],
  [/(^|_)(command|command_line|cmd|script)$/, commands],
]

/** Values, or null where no row has one: an error of what went well. */
export function textOf(table: string, column: string): Maker {
  const kind = tableKind(table)
  const last = table.split('_').at(-1) as string
  const named = byName.find(([pattern]) => pattern.test(column))?.[1]
  if (named === errors)
    return ({ random, status }) =>
      random.chance(status === null ? 0.3 : /fail|error|reject|declin|invalid/i.test(String(status)) ? 1 : 0.1)
        ? random.pick(errors)
        : null
  if (named !== undefined) return filled(named, table)
  const noted = /(^|_)(notes?|comments?|remarks?|memo|reason|explanation|internal_note|annotation)$/.test(column)
  if (/^(review|rating|testimonial)$/.test(last)) return filled(reviews, table)
  if (noted) return filled(last === 'comment' || last === 'post' ? messages : pool.texts, table)
  if (/(^|_)(message|body|content|text|reply|answer)$/.test(column) || kind === 'message')
    return filled(kind === 'product' ? productTexts : messages, table)
  if (kind === 'product' && !/app|device|extension|plugin/.test(last)) return filled(productTexts, table)
  if (kind === 'person') return filled(personTexts, table)
  if (kind === 'work' && /(project|task|issue|todo|job|ticket|milestone|activity|story)$/.test(last))
    return filled(pool.texts, table)
  return filled(kind === 'machine' ? systemTexts : descriptions, table)
}

function filled(texts: readonly string[], table: string): Maker {
  const said = sayTable(table).split(' ').slice(-2).join(' ')
  const many = sayTables(table).split(' ').slice(-2).join(' ')
  const forms = texts.map((text) =>
    text.replaceAll('{X}', capital(said)).replaceAll('{x}', said).replaceAll('{xs}', many),
  )
  return ({ random, place }) => {
    const text = random.pick(forms)
    if (!text.includes('{')) return text
    return text
      .replace('{d}', random.pick(pool.departments))
      .replace('{e}', random.pick(pool.departments))
      .replace('{c}', place.city)
  }
}
