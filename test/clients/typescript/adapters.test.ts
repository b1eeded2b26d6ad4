/** The adapters with the SDKs that they are for: a scripted model plays a task to its reward, mistakes included. */

import type { LanguageModel, ModelMessage } from 'ai'
import { generateText } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import OpenAI from 'openai'
import t from 'tap'
import { aiSdkEpisode } from '../../../clients/typescript/adapters/ai-sdk.ts'
import { openAiEpisode } from '../../../clients/typescript/adapters/openai.ts'
import { connect } from '../../../clients/typescript/index.ts'
import { openCatalog } from '../../../envs/catalog.ts'
import { startServer } from '../../../server/app.ts'
import { startEndpoint } from '../../envs/endpoint.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})

/** What the model says in each turn: a mistake, then what does the task, and a call too late. It reads the guest's id from what it was shown. */
const script: ((seen: string) => { name: string; args: string }[])[] = [
  () => [{ name: 'find_guest_of', args: '{}' }],
  () => [{ name: 'find_guests', args: '{"name": "Mei Tanaka"}' }],
  (seen) => [
    { name: 'update_guest', args: JSON.stringify({ guest_id: /gst_\d+/.exec(seen)?.[0], phone: '+81 3 5550199' }) },
    { name: 'submit', args: '{}' },
    { name: 'find_guests', args: '{}' },
  ],
]

t.test("OpenAI's SDK: tools, calls carried out in order, mistakes told, and the reward", async (t) => {
  const endpoint = await startEndpoint(({ body }, times) => ({
    body: {
      id: `c${times}`,
      object: 'chat.completion',
      created: 0,
      model: 'scripted',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            tool_calls: (script[times - 1]?.(JSON.stringify(body.messages)) ?? []).map(({ name, args }, index) => ({
              id: `call_${times}_${index}`,
              type: 'function',
              function: { name, arguments: times === 1 ? '{"cut' : args },
            })),
          },
        },
      ],
    },
  }))
  t.teardown(() => endpoint.close())
  const openai = new OpenAI({ baseURL: endpoint.url, apiKey: 'none' })
  await using environment = await connect(server.url).make('hotel-chain', { task: 'new-phone' })
  const episode = openAiEpisode(environment, await environment.reset())
  t.equal(episode.tools.at(-1)?.function.name, 'submit')
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: episode.system },
    { role: 'user', content: episode.prompt },
  ]
  while (!episode.done()) {
    const { choices } = await openai.chat.completions.create({ model: 'scripted', messages, tools: episode.tools })
    const message = choices[0]?.message as OpenAI.ChatCompletionMessage
    messages.push(message, ...(await episode.answer(message)))
  }
  t.equal(episode.reward(), 1)
  t.same(endpoint.asked[0]?.body.tools, episode.tools, 'the endpoint was sent the tools')
  const told = messages.flatMap((message) => (message.role === 'tool' ? [String(message.content)] : []))
  t.equal(told.length, 5)
  t.match(told[0], /no JSON object/)
  t.match(told[1], /Mei Tanaka/)
  t.match(told[4], /episode is over/)
})

t.test("Vercel's AI SDK: the tools are called with their schemas, and stopWhen ends it", async (t) => {
  await using environment = await connect(server.url).make('hotel-chain', { task: 'new-phone' })
  const episode = aiSdkEpisode(environment, await environment.reset())
  let turn = 0
  const model = new MockLanguageModelV4({
    doGenerate: async ({ prompt, tools }) => {
      t.ok(tools?.some(({ name }) => name === 'update_guest'))
      const calls = script[Math.min(++turn, 3) - 1]?.(JSON.stringify(prompt)) ?? []
      return {
        content: calls.map(({ name, args }, index) => ({
          type: 'tool-call' as const,
          toolCallId: `call_${turn}_${index}`,
          toolName: turn === 1 ? 'find_guests' : name,
          input: turn === 1 ? '{"nonsense": 1}' : args,
        })),
        finishReason: { unified: 'tool-calls' as const, raw: 'tool_calls' },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
        warnings: [],
      }
    },
  })
  const { steps, responseMessages } = (await generateText({
    model: model as LanguageModel,
    instructions: episode.system,
    prompt: episode.prompt,
    tools: episode.tools,
    stopWhen: episode.stopWhen,
  })) as unknown as { steps: unknown[]; responseMessages?: ModelMessage[] }
  t.equal(steps.length, 3)
  t.equal(episode.done(), true)
  t.equal(episode.reward(), 1)
  t.match(JSON.stringify(model.doGenerateCalls[1]?.prompt), /invalid_args/, 'what was wrong was told to the model')
  t.ok(responseMessages === undefined || responseMessages.length > 0)
})
