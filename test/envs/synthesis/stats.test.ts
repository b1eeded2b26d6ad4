import { UndirectedGraph } from 'graphology'
import t from 'tap'
import { surveyDomains } from '../../../envs/synthesis/domains.ts'
import { modularityOf } from '../../../envs/synthesis/graph/modularity.ts'
import { buildGraph, type ToolGraph } from '../../../envs/synthesis/graph.ts'
import type { Method, Operation } from '../../../envs/synthesis/operation.ts'
import { measureUniverse, printStats } from '../../../envs/synthesis/stats.ts'

function operation(provider: string, method: Method, path: string, name: string, thing: string): Operation {
  const id = `${thing}_id`
  return {
    key: `${provider} ${method.toUpperCase()} ${path}`,
    provider,
    service: provider,
    method,
    path,
    name,
    description: `Works on a ${thing} of the ${provider} kind`,
    tags: [],
    parameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({
      name: match[1] as string,
      in: 'path',
      required: true,
      shape: { type: 'string' },
    })),
    response: { type: 'object', properties: { [id]: { type: 'string' }, note: { type: 'string' } } },
  }
}

const crud = (provider: string, thing: string): Operation[] => [
  operation(provider, 'get', `/${thing}s`, `list_${thing}s`, thing),
  operation(provider, 'post', `/${thing}s`, `create_${thing}`, thing),
  operation(provider, 'get', `/${thing}s/{${thing}_id}`, `get_${thing}`, thing),
  operation(provider, 'put', `/${thing}s/{${thing}_id}`, `update_${thing}`, thing),
  operation(provider, 'delete', `/${thing}s/{${thing}_id}`, `delete_${thing}`, thing),
]

t.test('two triangles and a bridge have the modularity of the textbook', async (t) => {
  const graph: ToolGraph = new UndirectedGraph()
  for (const node of 'abcdef') graph.addNode(node)
  for (const [a, b] of ['ab', 'bc', 'ca', 'de', 'ef', 'fd', 'cd'])
    graph.addEdge(a as string, b as string, { weight: 2 })
  t.ok(
    Math.abs(
      modularityOf(graph, [
        ['a', 'b', 'c'],
        ['d', 'e', 'f'],
      ]) -
        (6 / 7 - 0.5),
    ) < 1e-12,
  )
  t.equal(modularityOf(graph, [[...'abcdef']]), 0)
  t.equal(modularityOf(new UndirectedGraph(), []), 0)
})

t.test('every operation is counted once: in a domain, folded, or left over', async (t) => {
  const operations = [...crud('one.com', 'song'), ...crud('two.com', 'train'), ...crud('six.com', 'lamp').slice(0, 2)]
  operations.sort((a, b) => (a.key < b.key ? -1 : 1))
  const counts = { seen: 20, dropped: { twin: 8 } as never }
  const stats = measureUniverse(operations, { seed: 1, counts })
  t.match(stats.operations, { seen: 20, clean: 12, providers: 3, dropped: { twin: 8 } })
  t.equal(stats.rows.length, 2)
  for (const row of stats.rows) {
    t.equal(row.tools + row.folded + row.leftOver, operations.length, row.setting)
    t.equal(
      Object.values(row.sizes.counts).reduce((sum, count) => sum + count, 0),
      row.domains,
    )
    t.equal(row.providers.one + row.providers.two + row.providers.threeToFive + row.providers.more, row.domains)
    t.ok(row.walks.strict.three <= row.walks.all.three && row.walks.strict.five <= row.walks.strict.three)
  }
  const [row] = stats.rows
  t.match(row, { domains: 2, tools: 10, mixed: 2, sizes: { least: 5, most: 5, counts: { '5-9': 2 } } })
  t.ok((row?.coherence.mean ?? 0) > (row?.coherence.random ?? 1), 'a domain hangs together more than what chance draws')
  t.equal(row?.walks.strict.three, 0, 'list, then change: two calls that teach')
  t.equal(row?.dependencies.teaching, 12, 'list and create feed the three that take the identifier, in two domains')
  const print = printStats(stats)
  t.match(print, /12 clean, of 3 providers/)
  t.match(print, /^domains +2 +/m)
  t.same(JSON.parse(JSON.stringify(stats)), stats, 'it is data')
})

t.test('what a run has made already gives the same figures', async (t) => {
  const operations = [...crud('one.com', 'song'), ...crud('two.com', 'train')]
  const graph = buildGraph(operations)
  const survey = surveyDomains(graph, operations, { seed: 1 })
  t.same(
    measureUniverse(operations, { seed: 1, graph, survey, paper: false }).rows,
    measureUniverse(operations, { seed: 1, paper: false }).rows,
  )
})

t.test('nothing has figures too', async (t) => {
  const { rows } = measureUniverse([], { seed: 0 })
  t.match(rows[0], { domains: 0, edges: 0, modularity: 0, coherence: { mean: 0, random: 0 } })
})
