/** Why somebody asks for it, in English: a sentence that is true of any row of that kind, so that it never tells more than the rest. */

import { tableKind } from '../../../lexicon.ts'
import type { Change } from '../../deed.ts'
import type { Draw } from '../../draw.ts'

/** Undefined where nothing fits for sure. */
export function reasonFor(draw: Draw, deed: Change): string | undefined {
  return draw.pick(reasonsFor(deed))
}

function reasonsFor(deed: Change): readonly string[] {
  switch (deed.kind) {
    case 'delete':
      return reasonsToDelete(deed.target.table)
    case 'update':
      return reasonsToChange(deed.settings[0], deed.target.table)
    case 'act':
      return reasonsToAct[deed.verb] ?? []
    case 'create':
      return reasonsToMake(deed.made.table)
    case 'bulk':
      return ["I'm tidying up.", 'That was agreed this morning.', 'It takes ages one by one.']
    case 'brood':
      return ['They came up in the meeting this morning.', "Otherwise I'll forget them."]
  }
}

function reasonsToDelete(table: string): readonly string[] {
  switch (tableKind(table)) {
    case 'person':
      return /employee|user|member|agent|staff|admin|teacher|driver/.test(table)
        ? ["They've left.", "They're no longer with us.", "They don't need access any more."]
        : ['They asked us to take them off.', "That's a duplicate.", 'They were entered twice.']
    case 'company':
      if (
        !/compan|supplier|vendor|partner|client|merchant|agency|carrier|contractor|organi[sz]ation|provider/.test(table)
      )
        return []
      return ["We don't work with them any more.", 'They were entered twice.']
    case 'place':
      return ["It's been closed.", 'It was entered twice.']
    case 'machine':
      return ['Nothing uses it any more.', 'It was only there for a test.', "We've moved everything off it."]
    case 'work':
      return ["It's not going to happen after all.", 'It was a duplicate.', "It's been dropped."]
    case 'file':
      return ["There's a newer version.", 'It was uploaded by mistake.', "It's out of date."]
    case 'label':
      return ['Nobody uses it.', 'We have another one for that.']
    case 'message':
      return ['It went out by mistake.', 'It was a duplicate.', "It's no longer relevant."]
    case 'money':
      return ['It was entered twice.', 'It was entered by mistake.']
    case 'product':
      return ["We don't carry it any more.", 'It was entered twice.']
    default:
      return ['It was a duplicate.', 'We no longer need it.', "It's out of date.", 'It was only there for a test.']
  }
}

function reasonsToChange(setting: { kind: string; column: string } | undefined, table: string): readonly string[] {
  const general = ['It was entered wrongly.', 'What we have there is out of date.']
  switch (setting?.kind) {
    case 'date':
      return /birth/.test(setting.column)
        ? ['There was a typo.']
        : ['The plan has changed.', 'The dates have moved.', ...general]
    case 'money':
      return ['The old figure was wrong.', 'We agreed on a new figure yesterday.']
    case 'email':
      return ['Mail to the old address bounces.', 'The old address is no longer in use.']
    case 'person':
      return ["There's been a handover.", 'That changed last week.']
    case 'city':
      return isAny(table, 'person', 'company') ? ['They moved.'] : ['That was wrong from the start.']
    case 'status':
      return ["That's where things stand now.", 'It should have been changed last week.']
    case 'text':
      return ["The old text isn't right any more."]
    case 'name':
      return ['People keep mixing it up with another one.', "The old name doesn't fit any more."]
    case 'flag':
      return ['That was an oversight.']
    case 'count':
    case 'enum':
    case 'company':
    case 'code':
      return general
    default:
      return ["It's in the wrong place at the moment.", 'That was mixed up.']
  }
}

function reasonsToMake(table: string): readonly string[] {
  switch (tableKind(table)) {
    case 'person':
      return ["They're new.", 'They start on Monday.', "They're not in the system yet."]
    case 'company':
      if (
        !/compan|supplier|vendor|partner|client|merchant|agency|carrier|contractor|organi[sz]ation|provider/.test(table)
      )
        return []
      return ["We've just started working with them.", "They're not in the system yet."]
    case 'work':
      return ['It came up in the meeting this morning.', "I don't want it to be forgotten."]
    case 'money':
      if (!/payment|invoice|bill|expense|fee|charge|credit|debit|refund|deposit|transaction|receipt/.test(table))
        return []
      return ['It never made it into the system.', 'It has to be in before the end of the month.']
    case 'message':
      return []
    default:
      return ["It isn't in the system yet.", "We'll need it from next week.", "I couldn't find one."]
  }
}

const plans = ['Plans have changed.', "It isn't needed after all."]
const checked = ["I've been through it and it looks fine.", 'Everything is in order now.']
const settled = ["That's been dealt with.", "There's nothing left to do."]
const trouble = ["It isn't behaving.", "It hasn't been right since this morning."]
const ready = ['Everything is in place now.', 'We got the go-ahead this morning.']
const quiet = ["We won't need it for a while.", 'Just until further notice.']

const reasonsToAct: Readonly<Record<string, readonly string[]>> = {
  cancel: plans,
  void: ['It was made out by mistake.'],
  stop: quiet,
  pause: quiet,
  suspend: quiet,
  hold: quiet,
  disable: quiet,
  deactivate: quiet,
  enable: ready,
  activate: ready,
  reactivate: ready,
  start: ready,
  run: ready,
  execute: ready,
  resume: ready,
  unpause: ready,
  publish: ["It's been proofread.", ...ready],
  unpublish: ["There's a mistake in it."],
  send: ["It's been checked.", "They're waiting for it."],
  resend: ['They say they never got it.', 'It seems to have got lost.'],
  approve: checked,
  accept: checked,
  confirm: checked,
  verify: checked,
  reject: ["It doesn't meet the requirements.", "It isn't complete."],
  decline: ["It doesn't suit us."],
  deny: ["It isn't complete."],
  archive: settled,
  close: settled,
  complete: settled,
  resolve: settled,
  end: settled,
  finalize: ['All the figures are in.'],
  reopen: ["It isn't solved yet."],
  unarchive: ['We need it again after all.'],
  restore: ['It was removed by mistake.'],
  undelete: ['It was removed by mistake.'],
  restart: trouble,
  reboot: trouble,
  reset: trouble,
  retry: ['It failed the first time.'],
  lock: ['Nobody should touch it for now.'],
  unlock: ['The work on it is done.'],
  block: ["There's been some trouble."],
  unblock: ['It was blocked by mistake.'],
  pay: ['The money came in this morning.'],
  refund: ['We promised it to them.'],
  ship: ['The parcel has left the house.'],
  deliver: ['It was handed over this morning.'],
  revoke: ["It's no longer in use."],
  rotate: ["It's been a while."],
  duplicate: ["I'd like to try something without touching the original."],
  copy: ["I'd like to try something without touching the original."],
  clone: ["I'd like to try something without touching the original."],
  mute: ["It's too much noise."],
  pin: ['Everybody should see it first.'],
}

const isAny = (table: string, ...kinds: string[]): boolean => kinds.includes(tableKind(table))
