/** What the planner reads out of sentences, descriptions and values. */

import t from 'tap'
import { chineseAssignments, chineseCreation, chineseParts } from '../../../../envs/agents/planner/chinese.ts'
import { assignmentParts, clausesOf, isCondition, isQuestion } from '../../../../envs/agents/planner/clauses.ts'
import { plainDictionary } from '../../../../envs/agents/planner/dictionary.ts'
import { masked, nounsIn } from '../../../../envs/agents/planner/text.ts'
import { readKit } from '../../../../envs/agents/planner/tools.ts'
import { daysIn, valueFor, waysToSay } from '../../../../envs/agents/planner/values.ts'
import { lexiconDictionary } from '../../../../envs/synthesis/lexicon/dictionary.ts'

const tool = (name: string, description: string, properties: object = {}, required: string[] = []) => ({
  name,
  description,
  input_schema: { type: 'object', properties, required, additionalProperties: false } as never,
})
const id = { type: 'string' }
const kit = readKit(
  [
    tool('search_tax_rates', 'Searches tax rates by the text of their name and returns them with the total.', {
      query: { type: 'string', description: 'Text to look for in the name.' },
      limit: { type: 'integer' },
    }),
    tool('delete_tax_rate', 'Removes old data. Removes a tax rate.', { tax_rate_id: id }, ['tax_rate_id']),
    tool('update_tax_rate', "Changes status of a tax rate; what isn't given stays as it is.", { tax_rate_id: id }, [
      'tax_rate_id',
    ]),
    tool('cancel_order', 'Sets the status of an order to cancelled. Refuses where it is shipped.', { order_id: id }, [
      'order_id',
    ]),
    tool('create_order', 'Adds an order and returns it with its new id.', { customer_id: id }),
    tool('submit', 'Ends the episode.'),
  ],
  lexiconDictionary,
)

t.test('what a tool does is what its description says last', (t) => {
  t.same(
    kit.tools.map(({ name, effect, noun }) => [name, effect, noun]),
    [
      ['search_tax_rates', 'list', 'tax rate'],
      ['delete_tax_rate', 'delete', 'tax rate'],
      ['update_tax_rate', 'update', 'tax rate'],
      ['cancel_order', 'act', 'order'],
      ['create_order', 'create', 'order'],
    ],
  )
  t.equal(kit.nounOf('tax_rate_id'), 'tax rate')
  t.equal(kit.nounOf('customer_id'), undefined, 'nothing lists customers')
  t.same(
    kit.tools[0]?.parameters.map(({ role }) => role),
    ['query', 'page'],
  )
  t.end()
})

t.test('an intent comes apart where something else is to be done, and never inside a quotation', (t) => {
  const texts = (intent: string) => clausesOf(intent, kit).map(({ text }) => text)
  t.same(texts('Please delete the tax rate "Old, and then some. More", and then cancel the order O-1.'), [
    'Please delete the tax rate "Old, and then some. More"',
    'cancel the order O-1.',
  ])
  t.same(texts('Two things, please: delete the tax rate "A", and cancel the order O-1.').slice(1), [
    'delete the tax rate "A"',
    'cancel the order O-1.',
  ])
  t.same(texts('Cancel the order O-1. If that isn\'t possible, delete the tax rate "A" instead.'), [
    'Cancel the order O-1.',
    "If that isn't possible",
    'delete the tax rate "A".',
  ])
  t.same(texts('请删除税率“甲。乙”，然后取消订单 O-1。'), ['请删除税率“甲。乙”', '取消订单 O-1'])
  const [clause] = clausesOf('Please cancel the order O-1.', kit)
  t.match(clause?.readings[0], { effect: 'act', rest: 'the order O-1.', says: 'cancel {x}' })
  t.equal(isCondition("If that can't be done"), true)
  t.equal(isCondition('Iffy orders'), false)
  t.equal(isQuestion('What\'s the status of the order "What now"?'), true)
  t.equal(isQuestion('Delete the order "What is this"'), false)
  t.equal(isQuestion('订单“甲”的状态是什么？'), true)
  t.end()
})

t.test('what is set comes apart field by field', (t) => {
  t.same(assignmentParts('the name of the order "A and its B" to "C" and its status to paid'), [
    'the name of the order "A and its B" to "C"',
    'its status to paid',
  ])
  t.same(chineseParts('订单“甲”的名称改成“乙，再把丙改成丁”，再把状态改为已付款'), [
    '订单“甲”的名称改成“乙，再把丙改成丁”',
    '状态改为已付款',
  ])
  t.match(chineseAssignments('客户“甲”的订单的名称改成“乙”')[0], {
    field: '名称',
    ref: '客户“甲”的订单',
    value: '“乙”',
  })
  t.match(chineseCreation('在项目“甲”下新建两个任务：“乙”（截止日期为2025年5月3日）、“丙”'), {
    parents: ['项目“甲”'],
    noun: '个任务',
    items: [
      { name: '“乙”', settings: ['截止日期为2025年5月3日'] },
      { name: '“丙”', settings: [] },
    ],
  })
  t.end()
})

t.test('nouns are found whole, the longest first, outside quotations', (t) => {
  t.same(
    nounsIn('the orders of the tax rate "order", reordered', kit).map(({ noun }) => noun),
    ['order', 'tax rate'],
  )
  t.equal(masked('a "b c" d'), 'a "□□□" d')
  t.end()
})

t.test('values are said as people say them, and understood as parameters take them', (t) => {
  t.ok(waysToSay('due_date', '2025-05-03T10:00:00Z', plainDictionary).includes('3 May 2025'))
  t.ok(waysToSay('due_date', '2025-05-03', plainDictionary).includes('2025年5月3日'))
  t.same(waysToSay('price', 1234.5, plainDictionary), ['1234.5', '1234.50', '1,234.5'])
  t.ok(waysToSay('state', 'IN_PROGRESS', lexiconDictionary).includes('进行中'))
  t.match(daysIn('from 3 May 2025 at 10:30 to 2025年6月1日'), [
    { day: '2025-05-03', time: '10:30' },
    { day: '2025-06-01' },
  ])
  const value = (schema: object, words: string) => valueFor('enabled', schema as never, words, lexiconDictionary)
  t.equal(value({ type: 'string', format: 'date' }, '3 May 2025.'), '2025-05-03')
  t.equal(value({ type: 'string', format: 'date-time' }, '3 May 2025 at 10:30'), '2025-05-03T10:30:00Z')
  t.equal(value({ type: 'string', enum: ['UntilDeleted', 'Always'] }, 'until deleted'), 'UntilDeleted')
  t.equal(value({ type: 'string', enum: ['a'] }, 'b'), undefined)
  t.equal(value({ type: 'boolean' }, 'disabled'), false)
  t.equal(value({ type: 'number' }, '1,250.50.'), 1250.5)
  t.equal(value({ type: 'integer' }, '2.5'), undefined)
  t.equal(value({ type: 'string' }, '"Call back. Soon."'), 'Call back. Soon.')
  t.end()
})
