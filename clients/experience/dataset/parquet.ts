/**
 * Rows as Parquet: the conversation with its structure (arguments as JSON text, for columns have one type), the tools as
 * JSON text, where it is from, and, with a tokenizer, ids and mask.
 */

import { parquetWriteFile } from 'hyparquet-writer'
import type { ChatMessage } from '../../../schemas/trajectory.ts'

export interface ParquetRow {
  id: string
  domain: string
  version: string
  task: string
  trial: number
  seed: number
  agent: string
  messages: ChatMessage[]
  /** JSON text. */
  tools: string
  tokens?: { input_ids: number[]; assistant_masks: number[] }
}

type SchemaElement = NonNullable<Parameters<typeof parquetWriteFile>[0]['schema']>[number]

const text = (name: string, optional = false): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: optional ? 'OPTIONAL' : 'REQUIRED',
})
const int = (name: string, wide = false): SchemaElement => ({
  name,
  type: wide ? 'INT64' : 'INT32',
  repetition_type: 'REQUIRED',
})
const group = (name: string, children: SchemaElement[][], optional = false): SchemaElement[] => [
  { name, num_children: children.length, repetition_type: optional ? 'OPTIONAL' : 'REQUIRED' },
  ...children.flat(),
]
const list = (name: string, element: SchemaElement[], optional = false): SchemaElement[] => [
  { name, num_children: 1, converted_type: 'LIST', repetition_type: optional ? 'OPTIONAL' : 'REQUIRED' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  ...element,
]

const message = group('element', [
  [text('role')],
  [text('content', true)],
  [text('reasoning_content', true)],
  list(
    'tool_calls',
    group('element', [[text('id')], [text('type')], group('function', [[text('name')], [text('arguments')]])]),
    true,
  ),
  [text('tool_call_id', true)],
  [{ name: 'weight', type: 'INT32', repetition_type: 'OPTIONAL' }],
])

export function writeParquet(filename: string, rows: readonly ParquetRow[]): void {
  const column = <T>(name: string, of: (row: ParquetRow) => T) => ({ name, data: rows.map(of) })
  const tokenized = rows.length > 0 && rows.every(({ tokens }) => tokens !== undefined)
  const columns = [
    ...(['id', 'domain', 'version', 'task'] as const).map((name) => ({
      schema: [text(name)],
      data: column(name, (row) => row[name]),
    })),
    { schema: [int('trial')], data: column('trial', ({ trial }) => trial) },
    { schema: [int('seed', true)], data: column('seed', ({ seed }) => BigInt(seed)) },
    { schema: [text('agent')], data: column('agent', ({ agent }) => agent) },
    { schema: list('messages', message), data: column('messages', ({ messages }) => messages.map(asStruct)) },
    { schema: [text('tools')], data: column('tools', ({ tools }) => tools) },
    ...(tokenized
      ? (['input_ids', 'assistant_masks'] as const).map((name) => ({
          schema: list(name, [int('element')]),
          data: column(name, ({ tokens }) => tokens?.[name] ?? []),
        }))
      : []),
  ]
  parquetWriteFile({
    filename,
    columnData: columns.map(({ data }) => data),
    schema: [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ schema }) => schema)],
    createdBy: 'microcosm',
  })
}

/** Every field is there, null where the message has none. */
function asStruct(of: ChatMessage): object {
  const empty = { content: null, reasoning_content: null, tool_calls: null, tool_call_id: null, weight: null }
  return { ...empty, ...of, ...(of.role === 'assistant' && { weight: 1 }) }
}
