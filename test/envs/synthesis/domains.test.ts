import fc from 'fast-check'
import { UndirectedGraph } from 'graphology'
import t from 'tap'
import { collect } from '../../../envs/synthesis/collect.ts'
import { readCorpus } from '../../../envs/synthesis/corpus.ts'
import { coherenceOf, proseVectors } from '../../../envs/synthesis/domains/coherence.ts'
import { partition } from '../../../envs/synthesis/domains/partition.ts'
import { nameDomain, providerLabel } from '../../../envs/synthesis/domains/title.ts'
import { readVocabulary } from '../../../envs/synthesis/domains/vocabulary.ts'
import { type DomainSurvey, findDomains, surveyDomains } from '../../../envs/synthesis/domains.ts'
import { buildGraph, type ToolGraph } from '../../../envs/synthesis/graph.ts'
import type { Method, Operation } from '../../../envs/synthesis/operation.ts'
import { domainId } from '../../../schemas/domain.ts'

function operation(method: Method, path: string, description: string, more: Partial<Operation> = {}): Operation {
  const provider = more.provider ?? 'one.com'
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  const verb = {
    get: path.endsWith('}') ? 'get' : 'list',
    post: 'create',
    put: 'update',
    patch: 'update',
    delete: 'delete',
  }[method]
  return {
    key: `${provider} ${method.toUpperCase()} ${path}`,
    provider,
    service: provider,
    method,
    path,
    name: `${verb}_thing`,
    description,
    tags: [],
    parameters: names.map((name) => ({ name, in: 'path', required: true, shape: { type: 'string' } })),
    ...more,
  }
}

/** What one calls on a thing: five operations. */
function crud(path: string, thing: string, provider = 'one.com'): Operation[] {
  const key = `${path}/{${thing}Id}`
  return [
    operation('get', path, `Lists ${thing} records of the shop`, { provider }),
    operation('post', path, `Adds a ${thing} record to the shop`, { provider }),
    operation('get', key, `One ${thing} record of the shop`, { provider }),
    operation('put', key, `Changes a ${thing} record of the shop`, { provider }),
    operation('delete', key, `Removes a ${thing} record of the shop`, { provider }),
  ]
}

function survey(operations: Operation[], options = {}): DomainSurvey {
  return surveyDomains(buildGraph(operations), operations, options)
}

t.test("a list of tools of a domain's size is one domain, however little its tools have in common", async (t) => {
  const list = (service: string, names: string[]): Operation[] =>
    names.map((name) => ({
      key: `${service} ${name}`,
      provider: service,
      service,
      name,
      description: `${name.replaceAll('_', ' ')}.`,
      tags: [],
      parameters: [{ name: `${name.split('_').at(-1)}_id`, in: 'argument', required: true, shape: { type: 'string' } }],
    }))
  const desk = list('desk', [
    'get_user',
    'cancel_order',
    'send_certificate',
    'search_flights',
    'book_hotel',
    'update_seat',
  ])
  const small = list('small', ['get_boat', 'sell_kite', 'feed_horse'])
  const { communities, refused, leftOver } = survey([...desk, ...small, ...crud('/invoices', 'invoice')])
  const found = communities.find(({ providers }) => providers.includes('desk'))
  t.strictSame(found?.operations.map(({ name }) => name).sort(), desk.map(({ name }) => name).sort())
  t.ok(
    communities.some(({ providers }) => providers.includes('one.com')),
    'an API beside it is found as before',
  )
  t.notOk(communities.some(({ providers }) => providers.includes('small')))
  t.ok(refused.too_few_tools > 0)
  t.equal(leftOver, small.length)
})

const graphs = fc
  .record({
    nodes: fc.integer({ min: 0, max: 90 }),
    edges: fc.array(fc.tuple(fc.nat(89), fc.nat(89), fc.integer({ min: 1, max: 100 })), { maxLength: 400 }),
  })
  .map(({ nodes, edges }) => {
    const graph: ToolGraph = new UndirectedGraph()
    for (let node = 0; node < nodes; node++) graph.addNode(`n${node}`)
    for (const [a, b, weight] of edges) {
      if (a !== b && a < nodes && b < nodes && !graph.hasEdge(`n${a}`, `n${b}`))
        graph.addEdge(`n${a}`, `n${b}`, { weight: weight / 100 })
    }
    return graph
  })

t.test('parts hold every node once and none is above the limit, whatever the graph', async () => {
  fc.assert(
    fc.property(graphs, fc.nat(5), (graph, seed) => {
      const parts = partition(graph, { seed, minTools: 3, maxTools: 10 })
      const all = parts.flat()
      return (
        all.length === graph.order &&
        new Set(all).size === all.length &&
        parts.every((part) => part.length > 0 && part.length <= 10)
      )
    }),
    { seed: 2, numRuns: 150 },
  )
})

t.test('the same graph and seed give the same parts', async () => {
  fc.assert(
    fc.property(graphs, fc.nat(5), (graph, seed) => {
      const options = { seed, minTools: 3, maxTools: 10 }
      return JSON.stringify(partition(graph, options)) === JSON.stringify(partition(graph.copy(), options))
    }),
    { seed: 3, numRuns: 60 },
  )
})

t.test('a group of which all are linked to all is cut where no resolution splits it', async (t) => {
  const graph: ToolGraph = new UndirectedGraph()
  for (let a = 0; a < 50; a++) graph.addNode(`n${a}`)
  for (let a = 0; a < 50; a++) for (let b = 0; b < a; b++) graph.addEdge(`n${a}`, `n${b}`, { weight: 1 })
  const parts = partition(graph, { seed: 0, minTools: 5, maxTools: 40 })
  t.ok(parts.every((part) => part.length <= 40))
  t.equal(parts.flat().length, 50)
})

t.test('a fragment joins the community it hangs on most', async (t) => {
  const graph: ToolGraph = new UndirectedGraph()
  for (const node of ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'x']) graph.addNode(node)
  for (const [a, b, weight] of [
    ['a1', 'a2', 1],
    ['a2', 'a3', 1],
    ['a1', 'a3', 1],
    ['b1', 'b2', 1],
    ['b2', 'b3', 1],
    ['b1', 'b3', 1],
    ['x', 'b1', 0.2],
    ['x', 'a1', 0.1],
  ] as const) {
    graph.addEdge(a, b, { weight })
  }
  const parts = partition(graph, { seed: 0, minTools: 3, maxTools: 10 })
  t.same(parts.map((part) => [...part].sort()).sort(), [
    ['a1', 'a2', 'a3'],
    ['b1', 'b2', 'b3', 'x'],
  ])
})

t.test('a domain is called what its tools work on', async (t) => {
  const operations = [...crud('/hotels/{hotelId}/reservations', 'reservation'), ...crud('/songs', 'song', 'two.com')]
  const { communities, leftOver } = survey(operations)
  t.equal(leftOver, 0)
  t.same(
    communities.map(({ id, title, reads, writes, providers }) => ({ id, title, reads, writes, providers })),
    [
      { id: 'hotel-reservations', title: 'Hotel reservations', reads: 2, writes: 3, providers: ['one.com'] },
      { id: 'songs', title: 'Songs of Two', reads: 2, writes: 3, providers: ['two.com'] },
    ],
  )
  t.equal(communities[1]?.description, '5 tools to look up and change songs, made from the API of two.com.')
  t.same(communities[1]?.nouns, ['song'])
})

t.test('a title is spelt as the texts of the domain spell it', async (t) => {
  const glued = crud('/socialsecurityconfigurations', 'socialSecurityConfiguration').map((one) => ({
    ...one,
    description: 'Keeps a record of the shop',
  }))
  t.equal(nameDomain(glued).title, 'Social security configurations')
  const short = crud('/sms', 'sms').map((one) => ({ ...one, description: 'Keeps an SMS of the shop' }))
  t.equal(nameDomain(short).title, 'SMS')
  t.equal(nameDomain(crud('/by_date', 'date')).title, 'Dates', 'what leads up to a thing is no part of its name')
})

t.test('a thing that many have is told with what kind of it this one is', async (t) => {
  const jobs = Array.from({ length: 6 }, (_, at) => crud('/jobs', 'job', `p${at}.com`)).flat()
  const own = crud('/jobs', 'job', 'print.com').map((one) => ({ ...one, name: `${one.method}_printing_job` }))
  const vocabulary = readVocabulary([...jobs, ...own])
  t.ok(vocabulary.isCommon('job'))
  t.equal(nameDomain(own, vocabulary).title, 'Printing jobs')
  t.equal(nameDomain(crud('/jobs', 'job', 'p1.com'), vocabulary).title, 'Jobs of P1')
  const service = crud('/jobs', 'job', 'p1.com').map((one) => ({ ...one, service: 'jobs' }))
  t.equal(nameDomain(service, vocabulary).title, 'Jobs of P1', 'never "Jobs of Jobs"')
  const rare = crud('/zithers', 'zither', 'p1.com')
  t.equal(nameDomain(rare, readVocabulary([...jobs, ...rare])).title, 'Zithers of P1', 'one word, and whose it is')
  const two = [...rare, ...crud('/zithers', 'zither', 'p2.com')]
  t.equal(nameDomain(two, readVocabulary([...jobs, ...two])).title, 'Zithers of P1 and P2')
  const many = [...two, ...crud('/zithers', 'zither', 'p3.com')]
  t.equal(nameDomain(many, readVocabulary([...jobs, ...many])).title, 'Zithers')
})

t.test('what most of a provider stands under tells nothing apart, and no title says it', async (t) => {
  const nouns = [
    'lamp',
    'desk',
    'door',
    'wall',
    'roof',
    'tile',
    'pipe',
    'bolt',
    'hook',
    'lock',
    'vase',
    'bowl',
    'fork',
    'drum',
  ]
  const all = [...nouns, 'sofa', 'rug', 'bench', 'stool', 'shelf', 'chair'].flatMap((noun) =>
    crud(`/groups/{groupId}/${noun}s`, noun),
  )
  const sofas = all.filter(({ path }) => path?.includes('/sofas'))
  const vocabulary = readVocabulary(all)
  t.ok(vocabulary.isEverywhere('group', sofas))
  t.equal(nameDomain(sofas).title, 'Group sofas')
  t.equal(nameDomain(sofas, vocabulary).title, 'Sofas of One')
})

t.test('where no one thing is what most are about, the words that all tools bear say it', async (t) => {
  const metrics = ['load', 'cpu', 'memory', 'bandwidth', 'disk', 'swap'].map((noun) => ({
    ...operation('get', `/metrics/droplet/${noun}/{from}`, `The ${noun} of a droplet`),
    name: `get_droplet_${noun}_metrics`,
  }))
  t.equal(nameDomain(metrics).title, 'Droplet metrics')
})

t.test('APIs of one trade are closer than strangers', async (t) => {
  const trade = (provider: string, things: string[]): Operation[] =>
    things.flatMap((thing) => crud(`/${thing}s`, thing, provider))
  const [one, two, other] = [
    trade('one.com', ['card', 'payment', 'refund']),
    trade('two.com', ['card', 'payment', 'dispute']),
    trade('six.com', ['card', 'birthday', 'greeting']),
  ]
  const vocabulary = readVocabulary([...one, ...two, ...other])
  t.ok(vocabulary.closeness(one, two) > 2 * vocabulary.closeness(one, other))
  t.ok(Math.abs(vocabulary.closeness(one, one) - 1) < 1e-9)
})

t.test('two domains of one thing have ids of their own', async (t) => {
  const others = crud('/songs', 'song', 'two.com').map((one) => ({
    ...one,
    description: `${one.method} hymns printed inside choir books`,
  }))
  const { communities } = survey([...crud('/songs', 'song'), ...others])
  t.same(communities.map(({ id }) => id).sort(), ['songs', 'songs-one'])
})

t.test('too few tools, nothing in common, and one generic parameter are refused and counted', async (t) => {
  const few = crud('/songs', 'song').slice(0, 3)
  t.same(survey(few).communities, [])
  t.equal(survey(few).refused.too_few_tools, 1)
  t.equal(survey(few).leftOver, 3)

  const words = ['Melts iron', 'Paints walls', 'Feeds geese', 'Tunes pianos', 'Bakes bread']
  const strangers = crud('/songs', 'song').map((one, index) => ({ ...one, description: words[index] as string }))
  t.equal(survey(strangers).refused.incoherent, 1)

  const things = ['trains', 'lakes', 'hats', 'cups', 'bees', 'roads']
  const scoped = things.map((thing) => operation('get', `/${thing}/{scopeMarker}`, 'Shows what the marker marks'))
  const graph = buildGraph(scoped, { features: 'parameters' })
  const { refused, communities } = surveyDomains(graph, scoped)
  t.equal(refused.one_generic_parameter, 1)
  t.same(communities, [])
})

t.test('one word for two things makes two domains', async (t) => {
  const greeting = crud('/cards', 'card', 'post.com').map((one) => ({
    ...one,
    description: `${one.method} a birthday greeting printed on paper and mailed`,
  }))
  const bank = crud('/cards', 'card', 'bank.com').map((one) => ({
    ...one,
    description: `${one.method} debit payment plastic linked with checking account`,
  }))
  const { communities } = survey([...greeting, ...bank])
  t.same(
    communities.map(({ providers }) => providers),
    [['bank.com'], ['post.com']],
  )
})

t.test('what two APIs do alike is one tool, and it is told which it stands for', async (t) => {
  const ours = crud('/songs', 'song')
  const others = [
    ...crud('/music/songs', 'song', 'two.com'),
    operation('post', '/music/songs/{songId}/play', 'Plays a song record of the shop', { provider: 'two.com' }),
  ].map((one) => ({ ...one, name: one.name.replace('thing', 'song') }))
  const named = ours.map((one) => ({ ...one, name: one.name.replace('thing', 'song') }))
  const { communities, folded, leftOver } = survey([...named, ...others])
  t.equal(communities.length, 1)
  t.equal(folded, 5)
  t.equal(leftOver, 0)
  t.equal(communities[0]?.operations.length, 6)
  t.ok(communities[0]?.operations.some(({ path }) => path?.endsWith('/play')))
  t.same(communities[0]?.folded.find(({ kept }) => kept.endsWith('DELETE /songs/{songId}'))?.folded, [
    'two.com DELETE /music/songs/{songId}',
  ])
  const sameApi = [
    ...named,
    ...others.map((one) => ({ ...one, provider: 'one.com', service: 'one.com', key: `one.com ${one.key}` })),
  ]
  t.equal(survey(sameApi).folded, 0, 'what one API tells apart stays apart')
})

t.test('a small community joins the neighbour that it hangs on firmly, its own kin first', async (t) => {
  const graph: ToolGraph = new UndirectedGraph()
  const clique = (prefix: string, size: number): string[] => {
    const nodes = Array.from({ length: size }, (_, index) => `${prefix}${index}`)
    for (const node of nodes) graph.addNode(node)
    for (const a of nodes) for (const b of nodes) if (a < b) graph.addEdge(a, b, { weight: 1 })
    return nodes
  }
  const [small, kin, strange] = [clique('a', 4), clique('k', 12), clique('s', 12)]
  for (const [at, node] of small.entries()) {
    graph.addEdge(node, kin[at] as string, { weight: 0.5 })
    graph.addEdge(node, strange[at] as string, { weight: 0.6 })
  }
  const sizes = (kinship?: (node: string, other: string) => number): string[] =>
    partition(graph, { seed: 0, minTools: 3, maxTools: 40, ...(kinship !== undefined && { kinship }) })
      .map((part) => [...new Set(part.map((node) => node[0]))].sort().join(''))
      .sort()
  t.same(sizes(), ['as', 'k'], 'the strongest links decide')
  t.same(
    sizes((_, other) => (other.startsWith('s') ? 0.2 : 1)),
    ['ak', 's'],
    'what is akin counts more',
  )
  t.same(
    sizes(() => 0.1),
    ['a', 'k', 's'],
    'what hangs on nothing firmly stays by itself',
  )
})

t.test('what reads and writes comes before what only reads', async (t) => {
  const readers = [
    '/songs',
    '/songs/{songId}',
    '/old/songs/{songId}',
    '/new/songs/{songId}',
    '/best/songs/{songId}',
  ].map((path) => operation('get', path, 'Shows a song record of the shop'))
  const { communities } = survey([...readers, ...crud('/trains', 'train', 'two.com')])
  t.same(
    communities.map(({ id }) => id),
    ['trains', 'songs'],
  )
})

t.test('coherence is the mean cosine over all pairs of descriptions', async (t) => {
  const operations = ['red hat', 'red cup', 'blue sea', ''].map((text, index) => operation('get', `/x${index}`, text))
  const vectors = proseVectors(operations)
  const said = operations.filter(({ key }) => (vectors.get(key)?.size ?? 0) > 0)
  let sum = 0
  let pairs = 0
  for (const [at, a] of said.entries()) {
    for (const b of said.slice(at + 1)) {
      pairs += 1
      for (const [word, weight] of vectors.get(a.key) ?? []) sum += weight * (vectors.get(b.key)?.get(word) ?? 0)
    }
  }
  t.ok(sum > 0)
  t.ok(Math.abs(coherenceOf(operations, vectors) - sum / pairs) < 1e-12)
  t.equal(coherenceOf(operations.slice(0, 1), vectors), 0)
})

t.test('a provider is called by the word that is its own', async (t) => {
  t.same(['api.stripe.com', 'bbc.co.uk', 'gitea.io', 'jira.local'].map(providerLabel), [
    'stripe',
    'bbc',
    'gitea',
    'jira',
  ])
})

t.test('nothing gives no domains', async (t) => {
  t.same(findDomains(buildGraph([]), []), [])
})

t.test('the starter gives sixty and more diverse domains, the same for the same seed', async (t) => {
  const { operations, problems } = await collect(readCorpus({ selection: 'starter' }))
  t.same(problems, [])
  const graph = buildGraph(operations)
  const { communities, leftOver, folded } = surveyDomains(graph, operations, { seed: 7 })
  const mixed = communities.filter(({ reads, writes }) => reads > 0 && writes > 0)
  t.ok(mixed.length >= 60, `${mixed.length} read and write`)
  const first = communities.slice(0, 100)
  t.ok(first.every(({ reads, writes }) => reads > 0 && writes > 0))
  t.ok(new Set(first.flatMap(({ providers }) => providers)).size >= 30)
  t.equal(new Set(communities.map(({ id }) => id)).size, communities.length)
  const keys = communities.flatMap((community) => community.operations.map(({ key }) => key))
  t.equal(new Set(keys).size, keys.length, 'no operation is in two domains')
  t.equal(keys.length + leftOver + folded, operations.length)
  const titles = new Set<string>()
  for (const { id, title, description, operations: own, coherence } of communities) {
    if (!domainId.safeParse(id).success || title === '' || description === '') t.fail(id)
    if (own.length < 5 || own.length > 40 || coherence < 0 || coherence > 1) t.fail(id)
    if (/community|cluster \d/i.test(title)) t.fail(title)
    if (titles.has(title)) t.fail(`${title}, twice`)
    titles.add(title)
  }
  const again = findDomains(buildGraph(operations), operations, { seed: 7 })
  t.equal(JSON.stringify(again), JSON.stringify(communities))
})
