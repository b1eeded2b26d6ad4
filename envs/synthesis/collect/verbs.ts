/**
 * The verbs that names of API operations begin or end with, and what they say: does the call read or write?
 *
 * Source: counts over the corpus (the first twenty of the changing verbs stand in half of all action operations).
 */

import type { Operation } from '../operation.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** They look and touch nothing. */
export const readVerbs: ReadonlySet<string> = new Set(
  words(`
    get list search find query read fetch retrieve show describe lookup browse view count check download export
    autocomplete suggest compare preview estimate calculate compute quote explain inspect detect recognize identify
    validate simulate ping peek scan filter discover head has is exists index poll watch translate
  `),
)

/** They change something. */
export const writeVerbs: ReadonlySet<string> = new Set(
  words(`
    create add insert new make post put patch update edit modify change set replace upsert save store write delete
    remove destroy drop clear purge cancel close open reopen start stop restart pause resume suspend unsuspend enable
    disable activate deactivate archive unarchive publish unpublish approve reject accept decline deny confirm complete
    finish submit send resend schedule reschedule unschedule assign unassign reassign attach detach associate
    disassociate link unlink connect disconnect join leave invite subscribe unsubscribe register unregister deregister
    enroll unenroll tag untag mark unmark star unstar pin unpin like unlike follow unfollow favorite unfavorite share
    unshare lock unlock block unblock ban unban mute unmute move copy clone duplicate rename merge split import upload
    sync refresh renew revoke rotate reset restore recover rollback revert retry rerun run execute invoke trigger launch
    deploy undeploy terminate kill abort finalize capture void refund charge pay transfer withdraw deposit redeem
    reserve book hold release allocate deallocate issue generate verify convert transition promote demote upgrade
    downgrade install uninstall provision deprovision initialize init initiate begin end acknowledge ack dismiss snooze
    resolve escalate vote upvote downvote rate review reply forward notify expire extend grant apply log record track
    report flag hide unhide test authorize purchase buy order checkin checkout fulfill ship return receive request
    respond claim unclaim bulk batch swap reorder sort process failover reboot shutdown wake scale resize migrate
    backup switch toggle sign login logout
  `),
)

/** Words for the same that API authors carry over from their frameworks. */
const plainVerbs = new Map([
  ['index', 'list'],
  ['destroy', 'delete'],
  ['insert', 'create'],
  ['retrieve', 'get'],
  ['fetch', 'get'],
  ['show', 'get'],
  ['read', 'get'],
  ['describe', 'get'],
  ['modify', 'update'],
  ['edit', 'update'],
  ['patch', 'update'],
  ['head', 'check'],
])

export function isVerb(word: string): boolean {
  return readVerbs.has(word) || writeVerbs.has(word)
}

export function plainVerb(verb: string): string {
  return plainVerbs.get(verb) ?? verb
}

/** Plain names of what is done to a record; a GET that is called one of these writes, whatever its method says. */
const plainWrites: ReadonlySet<string> = new Set(['create', 'update', 'delete', 'add', 'remove', 'set'])

/**
 * Whether a call reads or writes: GET reads unless its name says otherwise, the rest writes unless its name reads. Where
 * there is no method, the document's own word counts, else the name's.
 */
export function kindOf({ method, name, readOnly }: Pick<Operation, 'method' | 'name' | 'readOnly'>): 'read' | 'write' {
  const verb = name.split('_', 1)[0] as string
  if (method === 'get') return plainWrites.has(verb) ? 'write' : 'read'
  if (method === undefined && readOnly !== undefined) return readOnly ? 'read' : 'write'
  if (method === 'post' || method === undefined) return readVerbs.has(verb) ? 'read' : 'write'
  return 'write'
}
