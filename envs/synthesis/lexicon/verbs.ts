/**
 * What the action verbs of real APIs do to a row: the state they lead to, the states they refuse, and how a person says
 * them. Only evidence from paths and names chooses a verb; this table says what follows from it.
 * Source: the commonest 64 action verbs of the public corpus, which cover 85 % of its action operations.
 */

export interface VerbEntry {
  /** States that it leads to; the first that the table's enum has, else the first is added. Empty: a dated event. */
  to: readonly string[]
  /** States it refuses beside its own target. */
  refuses: readonly string[]
  /** Flags (boolean columns) that it sets instead, where the table has one of them. */
  flag?: { names: readonly string[]; to: 0 | 1 }
  /** As an imperative with `{x}` for the thing: "cancel {x}". */
  say: string
  past: string
}

type Line = readonly [verb: string, to: string, refuses: string, say: string, past: string]

/** Verbs with a target: `verb, targets, refused, imperative, past`. */
const stateVerbs: readonly Line[] = [
  ['start', 'running started in_progress active', 'completed', 'start {x}', 'started'],
  ['send', 'sent', 'cancelled', 'send {x}', 'sent'],
  ['cancel', 'cancelled canceled', 'completed delivered closed paid', 'cancel {x}', 'cancelled'],
  ['stop', 'stopped', '', 'stop {x}', 'stopped'],
  ['enable', 'enabled active', '', 'enable {x}', 'enabled'],
  ['disable', 'disabled inactive', '', 'disable {x}', 'disabled'],
  ['register', 'registered', '', 'register {x}', 'registered'],
  ['reset', 'active reset', '', 'reset {x}', 'reset'],
  ['run', 'running', '', 'run {x}', 'run'],
  ['restore', 'active available', '', 'restore {x}', 'restored'],
  ['validate', 'valid', '', 'validate {x}', 'validated'],
  ['accept', 'accepted active', 'declined cancelled', 'accept {x}', 'accepted'],
  ['submit', 'submitted pending_review pending', 'approved', 'submit {x}', 'submitted'],
  ['verify', 'verified', '', 'verify {x}', 'verified'],
  ['transfer', 'transferred', '', 'transfer {x}', 'transferred'],
  ['publish', 'published live active', 'archived', 'publish {x}', 'published'],
  ['unpublish', 'unpublished draft', 'archived', 'unpublish {x}', 'unpublished'],
  ['sync', 'synced', '', 'sync {x}', 'synced'],
  ['activate', 'active enabled', 'deleted', 'activate {x}', 'activated'],
  ['deactivate', 'inactive disabled', 'deleted', 'deactivate {x}', 'deactivated'],
  ['confirm', 'confirmed', 'cancelled', 'confirm {x}', 'confirmed'],
  ['complete', 'completed complete done', 'cancelled', 'complete {x}', 'completed'],
  ['execute', 'running completed', '', 'execute {x}', 'executed'],
  ['attach', 'attached', '', 'attach {x}', 'attached'],
  ['detach', 'detached available', '', 'detach {x}', 'detached'],
  ['trigger', 'running triggered', '', 'trigger {x}', 'triggered'],
  ['refresh', 'active', '', 'refresh {x}', 'refreshed'],
  ['initiate', 'initiated pending', '', 'initiate {x}', 'initiated'],
  ['resume', 'active running in_progress', 'completed cancelled', 'resume {x}', 'resumed'],
  ['revoke', 'revoked', '', 'revoke {x}', 'revoked'],
  ['issue', 'issued', '', 'issue {x}', 'issued'],
  ['invite', 'invited pending', '', 'invite {x}', 'invited'],
  ['archive', 'archived', '', 'archive {x}', 'archived'],
  ['unarchive', 'active', '', 'unarchive {x}', 'unarchived'],
  ['connect', 'connected', '', 'connect {x}', 'connected'],
  ['disconnect', 'disconnected', '', 'disconnect {x}', 'disconnected'],
  ['deregister', 'deregistered', '', 'deregister {x}', 'deregistered'],
  ['release', 'released available', '', 'release {x}', 'released'],
  ['reject', 'rejected declined', 'approved cancelled', 'reject {x}', 'rejected'],
  ['approve', 'approved', 'rejected cancelled', 'approve {x}', 'approved'],
  ['deny', 'denied', 'approved', 'deny {x}', 'denied'],
  ['restart', 'running active', '', 'restart {x}', 'restarted'],
  ['reboot', 'running active', '', 'reboot {x}', 'rebooted'],
  ['claim', 'claimed', '', 'claim {x}', 'claimed'],
  ['merge', 'merged', 'closed', 'merge {x}', 'merged'],
  ['pause', 'paused', 'completed cancelled', 'pause {x}', 'paused'],
  ['unpause', 'active running', 'completed cancelled', 'resume {x}', 'resumed'],
  ['suspend', 'suspended', 'cancelled', 'suspend {x}', 'suspended'],
  ['unsuspend', 'active', '', 'lift the suspension of {x}', 'reinstated'],
  ['reactivate', 'active enabled', '', 'reactivate {x}', 'reactivated'],
  ['decline', 'declined rejected', 'accepted', 'decline {x}', 'declined'],
  ['close', 'closed', '', 'close {x}', 'closed'],
  ['reopen', 'open reopened', '', 'reopen {x}', 'reopened'],
  ['open', 'open', 'archived', 'open {x}', 'opened'],
  ['pay', 'paid', 'cancelled void', 'mark {x} as paid', 'paid'],
  ['capture', 'captured', 'cancelled refunded', 'capture {x}', 'captured'],
  ['refund', 'refunded', 'cancelled', 'refund {x}', 'refunded'],
  ['void', 'void voided', 'paid', 'void {x}', 'voided'],
  ['finalize', 'finalized open', 'void', 'finalise {x}', 'finalised'],
  ['expire', 'expired', '', 'let {x} expire', 'expired'],
  ['resolve', 'resolved', 'closed', 'resolve {x}', 'resolved'],
  ['acknowledge', 'acknowledged', 'resolved closed', 'acknowledge {x}', 'acknowledged'],
  ['ack', 'acknowledged', 'resolved closed', 'acknowledge {x}', 'acknowledged'],
  ['dismiss', 'dismissed', '', 'dismiss {x}', 'dismissed'],
  ['block', 'blocked', '', 'block {x}', 'blocked'],
  ['unblock', 'active', '', 'unblock {x}', 'unblocked'],
  ['lock', 'locked', '', 'lock {x}', 'locked'],
  ['unlock', 'active unlocked', '', 'unlock {x}', 'unlocked'],
  ['ship', 'shipped', 'cancelled', 'ship {x}', 'shipped'],
  ['deliver', 'delivered', 'cancelled', 'deliver {x}', 'delivered'],
  ['fulfill', 'fulfilled', 'cancelled', 'fulfil {x}', 'fulfilled'],
  ['undelete', 'active available', '', 'restore {x}', 'restored'],
  ['trash', 'trashed', '', 'move {x} to the bin', 'moved to the bin'],
  ['untrash', 'active', '', 'take {x} out of the bin', 'taken out of the bin'],
  ['quarantine', 'quarantined', '', 'quarantine {x}', 'quarantined'],
  ['mute', 'muted', '', 'mute {x}', 'muted'],
  ['unmute', 'active', '', 'unmute {x}', 'unmuted'],
  ['promote', 'promoted', '', 'promote {x}', 'promoted'],
  ['deploy', 'deployed', '', 'deploy {x}', 'deployed'],
  ['undeploy', 'undeployed', '', 'undeploy {x}', 'undeployed'],
  ['retry', 'pending queued', 'completed', 'retry {x}', 'retried'],
  ['terminate', 'terminated', '', 'terminate {x}', 'terminated'],
  ['abort', 'aborted cancelled', 'completed', 'abort {x}', 'aborted'],
  ['end', 'ended completed', '', 'end {x}', 'ended'],
  ['hold', 'on_hold', 'completed cancelled', 'put {x} on hold', 'put on hold'],
  ['wipe', 'wiped', '', 'wipe {x}', 'wiped'],
  ['rollback', 'rolled_back', '', 'roll {x} back', 'rolled back'],
  ['failover', 'failed_over', '', 'fail {x} over', 'failed over'],
]

/** Verbs with a flag of their own: `verb, flag names, 0 or 1, imperative, past`. A missing flag is added (the first name). */
const flagVerbs: readonly (readonly [string, string, 0 | 1, string, string])[] = [
  ['subscribe', 'subscribed', 1, 'subscribe to {x}', 'subscribed to'],
  ['unsubscribe', 'subscribed', 0, 'unsubscribe from {x}', 'unsubscribed from'],
  ['star', 'starred', 1, 'star {x}', 'starred'],
  ['unstar', 'starred', 0, 'remove the star from {x}', 'unstarred'],
  ['pin', 'pinned', 1, 'pin {x}', 'pinned'],
  ['unpin', 'pinned', 0, 'unpin {x}', 'unpinned'],
  ['follow', 'followed', 1, 'follow {x}', 'followed'],
  ['unfollow', 'followed', 0, 'stop following {x}', 'unfollowed'],
  ['watch', 'watched', 1, 'watch {x}', 'watched'],
  ['unwatch', 'watched', 0, 'stop watching {x}', 'unwatched'],
  ['hide', 'hidden', 1, 'hide {x}', 'hidden'],
  ['unhide', 'hidden', 0, 'show {x} again', 'shown again'],
  ['favorite', 'favorite', 1, 'mark {x} as a favourite', 'marked as a favourite'],
  ['unfavorite', 'favorite', 0, 'take {x} off the favourites', 'taken off the favourites'],
  ['feature', 'featured', 1, 'feature {x}', 'featured'],
]

/** Flags that stand for a state verb where the table has them. */
const flagsOfStates: Readonly<Record<string, { names: readonly string[]; to: 0 | 1 }>> = {
  activate: { names: ['active', 'is_active', 'enabled'], to: 1 },
  archive: { names: ['archived', 'is_archived'], to: 1 },
  block: { names: ['blocked', 'is_blocked'], to: 1 },
  deactivate: { names: ['active', 'is_active', 'enabled'], to: 0 },
  disable: { names: ['enabled', 'is_enabled', 'active', 'is_active'], to: 0 },
  enable: { names: ['enabled', 'is_enabled', 'active', 'is_active'], to: 1 },
  lock: { names: ['locked', 'is_locked'], to: 1 },
  mute: { names: ['muted', 'is_muted'], to: 1 },
  pause: { names: ['paused', 'is_paused'], to: 1 },
  publish: { names: ['published', 'is_published'], to: 1 },
  reactivate: { names: ['active', 'is_active', 'enabled'], to: 1 },
  resume: { names: ['paused', 'is_paused'], to: 0 },
  suspend: { names: ['suspended', 'is_suspended'], to: 1 },
  trash: { names: ['trashed', 'is_trashed'], to: 1 },
  unarchive: { names: ['archived', 'is_archived'], to: 0 },
  unblock: { names: ['blocked', 'is_blocked'], to: 0 },
  unlock: { names: ['locked', 'is_locked'], to: 0 },
  unmute: { names: ['muted', 'is_muted'], to: 0 },
  unpause: { names: ['paused', 'is_paused'], to: 0 },
  unpublish: { names: ['published', 'is_published'], to: 0 },
  unsuspend: { names: ['suspended', 'is_suspended'], to: 0 },
  untrash: { names: ['trashed', 'is_trashed'], to: 0 },
  verify: { names: ['verified', 'is_verified'], to: 1 },
}

/** Verbs without a state: a dated row in the subject's table of events. `verb, imperative, past`. */
const eventVerbs: readonly (readonly [string, string, string])[] = [
  ['tag', 'tag {x}', 'tagged'],
  ['untag', 'remove the tag from {x}', 'untagged'],
  ['upload', 'upload {x}', 'uploaded'],
  ['check', 'check {x}', 'checked'],
  ['generate', 'generate {x}', 'generated'],
  ['import', 'import {x}', 'imported'],
  ['export', 'export {x}', 'exported'],
  ['copy', 'copy {x}', 'copied'],
  ['clone', 'clone {x}', 'cloned'],
  ['duplicate', 'duplicate {x}', 'duplicated'],
  ['test', 'test {x}', 'tested'],
  ['move', 'move {x}', 'moved'],
  ['link', 'link {x}', 'linked'],
  ['unlink', 'unlink {x}', 'unlinked'],
  ['share', 'share {x}', 'shared'],
  ['unshare', 'stop sharing {x}', 'unshared'],
  ['calculate', 'calculate {x}', 'calculated'],
  ['download', 'download {x}', 'downloaded'],
  ['notify', 'send a notification about {x}', 'notified about'],
  ['remind', 'send a reminder about {x}', 'reminded about'],
  ['resend', 'resend {x}', 'resent'],
  ['assign', 'assign {x}', 'assigned'],
  ['unassign', 'unassign {x}', 'unassigned'],
  ['schedule', 'schedule {x}', 'scheduled'],
  ['backup', 'back up {x}', 'backed up'],
  ['upgrade', 'upgrade {x}', 'upgraded'],
  ['associate', 'associate {x}', 'associated'],
  ['disassociate', 'disassociate {x}', 'disassociated'],
  ['mark', 'mark {x}', 'marked'],
  ['unmark', 'unmark {x}', 'unmarked'],
  ['print', 'print {x}', 'printed'],
  ['scan', 'scan {x}', 'scanned'],
  ['analyze', 'analyse {x}', 'analysed'],
  ['rotate', 'rotate {x}', 'rotated'],
  ['regenerate', 'regenerate {x}', 'regenerated'],
  ['migrate', 'migrate {x}', 'migrated'],
  ['convert', 'convert {x}', 'converted'],
  ['render', 'render {x}', 'rendered'],
  ['replay', 'replay {x}', 'replayed'],
  ['report', 'report {x}', 'reported'],
  ['vote', 'vote for {x}', 'voted for'],
  ['rate', 'rate {x}', 'rated'],
  ['like', 'like {x}', 'liked'],
  ['unlike', 'withdraw the like of {x}', 'unliked'],
  ['join', 'join {x}', 'joined'],
  ['leave', 'leave {x}', 'left'],
  ['login', 'log in to {x}', 'logged in to'],
  ['ping', 'ping {x}', 'pinged'],
  ['charge', 'charge {x}', 'charged'],
  ['sign', 'sign {x}', 'signed'],
  ['swap', 'swap {x}', 'swapped'],
  ['resize', 'resize {x}', 'resized'],
  ['adjust', 'adjust {x}', 'adjusted'],
  ['reorder', 'reorder {x}', 'reordered'],
  ['purge', 'purge {x}', 'purged'],
  ['clear', 'clear {x}', 'cleared'],
  ['simulate', 'simulate {x}', 'simulated'],
  ['preview', 'preview {x}', 'previewed'],
  ['process', 'process {x}', 'processed'],
  ['evaluate', 'evaluate {x}', 'evaluated'],
  ['forward', 'forward {x}', 'forwarded'],
  ['reply', 'reply to {x}', 'replied to'],
]

function build(): Record<string, VerbEntry> {
  const table: Record<string, VerbEntry> = Object.create(null)
  for (const [verb, say, past] of eventVerbs) table[verb] = { to: [], refuses: [], say, past }
  for (const [verb, names, to, say, past] of flagVerbs) {
    table[verb] = { to: [], refuses: [], flag: { names: [names, `is_${names}`], to }, say, past }
  }
  for (const [verb, to, refuses, say, past] of stateVerbs) {
    const flag = flagsOfStates[verb]
    table[verb] = { to: words(to), refuses: words(refuses), ...(flag && { flag }), say, past }
  }
  return table
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')

export const verbs: Readonly<Record<string, VerbEntry>> = build()

/** States in which a row begins, for tables whose status was invented or whose enum has one of them. */
export const startStates: readonly string[] = [
  'draft', 'pending', 'open', 'new', 'created', 'scheduled', 'queued', 'active', 'enabled', 'available', 'todo', 'unpaid',
]

/** The state a verb most likely starts from: what an invented status column begins with. */
export const sourceStates: Readonly<Record<string, string>> = {
  accept: 'pending', approve: 'pending', cancel: 'open', capture: 'authorized', close: 'open', complete: 'open',
  confirm: 'pending', decline: 'pending', deliver: 'shipped', deny: 'pending', finalize: 'draft', issue: 'draft',
  pay: 'open', publish: 'draft', reject: 'pending', release: 'held', reopen: 'closed', resolve: 'open', restore: 'archived',
  resume: 'paused', retry: 'failed', run: 'idle', send: 'draft', ship: 'pending', start: 'stopped', stop: 'running',
  submit: 'draft', unarchive: 'archived', undelete: 'deleted', activate: 'inactive', enable: 'disabled', verify: 'unverified',
  acknowledge: 'open', refund: 'paid', connect: 'disconnected', merge: 'open',
}

/** Other spellings of a verb in paths and names. */
export const verbSpellings: Readonly<Record<string, string>> = {
  accepted: 'accept', activation: 'activate', approval: 'approve', archived: 'archive', canceled: 'cancel',
  cancellation: 'cancel', cancelled: 'cancel', confirmation: 'confirm', deactivation: 'deactivate', execution: 'execute',
  finalise: 'finalize', fulfil: 'fulfill', invitation: 'invite', publication: 'publish', reenable: 'enable',
  rejection: 'reject', resending: 'resend', restoration: 'restore', retrigger: 'trigger', synchronize: 'sync',
  synchronise: 'sync', verification: 'verify', uncancel: 'reactivate', favourite: 'favorite', unfavourite: 'unfavorite',
  analyse: 'analyze', shutdown: 'stop', poweroff: 'stop', poweron: 'start', reinstate: 'reactivate',
  discard: 'dismiss', snooze: 'pause',
}
