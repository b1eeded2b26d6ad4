/** Why somebody asks for it, in Chinese: a sentence that is true of any row of that kind. */

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
      return reasonsToChange(deed.settings[0])
    case 'act':
      return reasonsToAct[deed.verb] ?? []
    case 'create':
      return reasonsToMake(deed.made.table)
    case 'bulk':
      return ['今天早上开会定的', '一个个弄太慢了', '最近在做整理']
    case 'brood':
      return ['早上开会时定下来的', '怕之后忘了']
  }
}

function reasonsToDelete(table: string): readonly string[] {
  switch (tableKind(table)) {
    case 'person':
      return /employee|user|member|agent|staff|admin|teacher|driver/.test(table)
        ? ['人已经离职了', '对方已经不需要权限了']
        : ['对方要求移除', '之前重复录入了']
    case 'company':
      if (
        !/compan|supplier|vendor|partner|client|merchant|agency|carrier|contractor|organi[sz]ation|provider/.test(table)
      )
        return []
      return ['我们已经不再合作了', '之前重复录入了']
    case 'place':
      return ['那边已经关了', '之前重复录入了']
    case 'machine':
      return ['现在已经没人用了', '当初只是测试用的', '上面的东西都迁走了']
    case 'file':
      return ['已经有新版本了', '当时传错了', '内容已经过时了']
    case 'message':
      return ['当时发错了', '内容重复了']
    case 'money':
      return ['之前录重了', '当时录错了']
    case 'product':
      return ['已经不卖了', '之前重复录入了']
    default:
      return ['之前建重了', '已经用不上了', '当初只是测试用的']
  }
}

function reasonsToChange(setting: { kind: string; column: string } | undefined): readonly string[] {
  switch (setting?.kind) {
    case 'date':
      return /birth/.test(setting.column) ? ['之前填错了'] : ['计划有变', '时间有调整', '之前填错了']
    case 'money':
      return ['原来的数字不对', '昨天刚谈好的']
    case 'email':
      return ['原来的邮箱收不到邮件了', '原来的邮箱已经停用了']
    case 'person':
      return ['工作已经交接了', '上周换人了']
    case 'status':
      return ['系统里还没更新', '现在的实际情况就是这样']
    case 'text':
      return ['原来的内容已经不对了']
    case 'name':
      return ['原来的名字容易弄混', '原来的叫法已经不合适了']
    case 'flag':
      return ['之前漏了']
    default:
      return ['之前录错了', '系统里的信息过时了']
  }
}

function reasonsToMake(table: string): readonly string[] {
  switch (tableKind(table)) {
    case 'person':
      return ['系统里还没有', '是新来的']
    case 'company':
      if (
        !/compan|supplier|vendor|partner|client|merchant|agency|carrier|contractor|organi[sz]ation|provider/.test(table)
      )
        return []
      return ['我们刚开始合作']
    case 'work':
      return ['早上开会时提到的', '怕之后忘了']
    case 'money':
      if (!/payment|invoice|bill|expense|fee|charge|credit|debit|refund|deposit|transaction|receipt/.test(table))
        return []
      return ['之前一直漏录了', '月底之前要入账']
    case 'message':
      return []
    default:
      return ['系统里还没有', '下周就要用']
  }
}

const plans = ['计划有变', '用不上了']
const checked = ['我看过了，没问题', '都已经核对过了']
const settled = ['事情已经处理完了']
const trouble = ['今天早上开始就不太正常']
const ready = ['都准备好了', '上午刚批下来']
const quiet = ['最近一段时间用不到', '等通知再说']

const reasonsToAct: Readonly<Record<string, readonly string[]>> = {
  cancel: plans,
  void: ['当时开错了'],
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
  resume: ready,
  unpause: ready,
  publish: ready,
  unpublish: ['里面有个错误'],
  send: ['对方在等', '内容已经检查过了'],
  resend: ['对方说一直没收到'],
  approve: checked,
  accept: checked,
  confirm: checked,
  verify: checked,
  reject: ['不符合要求', '材料不全'],
  archive: settled,
  close: settled,
  complete: settled,
  resolve: settled,
  reopen: ['问题其实还没解决'],
  unarchive: ['现在又要用了'],
  restore: ['之前误删了'],
  undelete: ['之前误删了'],
  restart: trouble,
  reboot: trouble,
  reset: trouble,
  retry: ['第一次失败了'],
  unblock: ['之前是误操作'],
  pay: ['今天早上钱到账了'],
  refund: ['已经答应对方了'],
  ship: ['包裹已经寄出了'],
  pin: ['想让大家先看到'],
}
