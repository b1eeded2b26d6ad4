/** A model's hand, played by a server that says what a script tells it to. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createChatModel } from '../../../envs/models.ts'
import { openTrial } from '../../../envs/runtime/isolation/trial.ts'
import { claimsOf } from '../../../envs/synthesis/audit/quality.ts'
import { rewriteDomain } from '../../../envs/synthesis/hand.ts'
import { type Materialized, materialize } from '../../../envs/synthesis/materialize.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import { deskOperations, shop } from './fixtures/shop-operations.ts'

t.setTimeout(240_000) // processes are started, each in its own time

const made = materialize({ ...shop, id: 'desk', operations: deskOperations }, { seed: 3 }) as Materialized
const claims = claimsOf(made)
const trial = openTrial()
t.teardown(() => trial.close())

/** Answers with these contents in turn, the last one again and again. */
async function script(answers: readonly string[]): Promise<{ server: Server; url: string; asked: JsonObject[] }> {
  const asked: JsonObject[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      asked.push(JSON.parse(body) as JsonObject)
      const content = answers[Math.min(asked.length, answers.length) - 1]
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content } }],
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked }
}

async function rewrite(answers: readonly string[], rounds = 3) {
  const { server, url, asked } = await script(answers)
  try {
    const model = createChatModel({ url, model: 'scripted', retriesMax: 0 })
    return { ...(await rewriteDomain(made.domain, { model, trial, claims, rounds })), asked }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const { program } = made.domain
const politer = program.replace("'There is no order with the id '", "'We have no order with the id '")
const policy = 'Orders can be cancelled while they are pending.'

t.test('what is right at once is taken, with the parts that it left out', async (t) => {
  t.not(politer, program)
  const { domain, problems, asked } = await rewrite([
    `\`\`\`json\n${JSON.stringify({ program: politer, policy })}\n\`\`\``,
  ])
  t.same(problems, [[]])
  t.equal(domain?.program, politer)
  t.equal(domain?.policy, policy)
  t.same(domain?.tables, made.domain.tables)
  t.equal(asked.length, 1)
  t.equal(asked[0]?.model, 'scripted')
})

t.test('it hears what is wrong and mends it', async (t) => {
  const broken = program.replace("status: 'cancelled'", "status: 'delivered'")
  t.not(broken, program)
  const { domain, problems, asked } = await rewrite(
    [
      'Certainly! Here is the improved domain.',
      JSON.stringify({ program: program.replace('function get_user_details', 'function get_user_detail') }),
      JSON.stringify({ program: broken }),
      JSON.stringify({ program: politer }),
    ],
    4,
  )
  t.equal(domain?.program, politer)
  t.equal(problems.length, 4)
  t.match(problems[0]?.join(), /no JSON/)
  t.match(problems[1]?.join(), /get_user_detail/)
  t.match(problems[2]?.join(), /cancel_pending_order: reaches its state/)
  const heard = ((asked[3]?.messages ?? []) as JsonObject[]).at(-1)?.content
  t.match(heard, /reaches its state/)
})

t.test('after its rounds the rule-made world stays', async (t) => {
  const { domain, problems } = await rewrite([JSON.stringify({ tables: [] }), JSON.stringify({ tools: [] })], 2)
  t.equal(domain, null)
  t.equal(problems.length, 2)
  t.ok(problems.every((each) => each.length > 0))
})

t.test('a program that never ends brings nothing down but its own process', async (t) => {
  const endless = program.replace(
    /(function get_user_details \(args, db, ctx\) \{)/,
    '$1\n  for (let n = 0; n < 1; n = n * 1) {}',
  )
  t.not(endless, program)
  const { domain, problems } = await rewrite([JSON.stringify({ program: endless })], 1)
  t.equal(domain, null)
  t.match(problems[0]?.join(), /get_user_details/)
})

t.test('an endpoint that is not there is told by name', async (t) => {
  const model = createChatModel({ url: 'http://127.0.0.1:9/v1', model: 'nobody', retriesMax: 0 })
  await t.rejects(rewriteDomain(made.domain, { model, trial, claims }), { code: 'MODEL_FAILED', message: /nobody/ })
})

t.test('a model whose window is too small is told which would do', async (t) => {
  const server = createServer((request, response) => {
    request.resume()
    response.statusCode = 400
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ error: { message: 'request (11729 tokens) exceeds the available context size' } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const model = createChatModel({ url, model: 'small', retriesMax: 0 })
  await t.rejects(rewriteDomain(made.domain, { model, trial, claims }), {
    code: 'MODEL_FAILED',
    message: /exceeds the available context size.* a window of \d+,000 tokens or more/,
  })
})
