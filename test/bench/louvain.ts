/**
 * Our communities beside those of an independent implementation: modularity of graphology's Louvain and of networkx's
 * `louvain_communities` on the same graph, which should differ by less than .01.
 *
 * The graph goes over as edges with weights. A Python environment with networkx is made once beside the temporary files.
 * Usage: node test/bench/louvain.ts [FOLDER OR FILE...] [--paper] [--starter]; the whole default corpus without any.
 */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from '../../envs/synthesis/collect.ts'
import { readCorpus } from '../../envs/synthesis/corpus.ts'
import { findCommunities } from '../../envs/synthesis/domains/partition.ts'
import { modularityOf } from '../../envs/synthesis/graph/modularity.ts'
import { buildGraph, type ToolGraph } from '../../envs/synthesis/graph.ts'

const networkx = 'networkx==3.3'

const program = `
import json, sys
import networkx as nx
graph = nx.Graph()
with open(sys.argv[1]) as lines:
    graph.add_nodes_from(range(int(next(lines))))
    for line in lines:
        a, b, weight = line.split()
        graph.add_edge(int(a), int(b), weight=float(weight))
with open(sys.argv[2]) as lines:
    ours = [set(json.loads(line)) for line in lines]
theirs = nx.community.louvain_communities(graph, weight='weight', seed=int(sys.argv[3]))
print(json.dumps({
    'communities': len(theirs),
    'modularity': nx.community.modularity(graph, theirs, weight='weight'),
    'ours_by_them': nx.community.modularity(graph, ours, weight='weight'),
}))
`

export interface LouvainComparison {
  nodes: number
  edges: number
  ours: { communities: number; modularity: number }
  theirs: { communities: number; modularity: number }
  /** Our communities, measured by their modularity: the measures agree if this is our own figure. */
  oursByThem: number
  difference: number
}

/** @param python one that has networkx */
export async function compareLouvain(graph: ToolGraph, python: string, seed = 0): Promise<LouvainComparison> {
  const folder = mkdtempSync(join(tmpdir(), 'microcosm-louvain-'))
  try {
    const numbers = new Map(graph.nodes().map((node, index) => [node, index]))
    const edges = join(folder, 'edges')
    const out = createWriteStream(edges)
    out.write(`${graph.order}\n`)
    graph.forEachEdge((_edge, { weight }, a, b) => {
      out.write(`${numbers.get(a)} ${numbers.get(b)} ${weight}\n`)
    })
    out.end()
    await once(out, 'finish')
    const communities = findCommunities(graph, { seed })
    const list = join(folder, 'communities')
    writeFileSync(
      list,
      communities.map((nodes) => `${JSON.stringify(nodes.map((node) => numbers.get(node)))}\n`).join(''),
    )
    const answer = execFileSync(python, ['-c', program, edges, list, String(seed)], { encoding: 'utf8' })
    const theirs = JSON.parse(answer) as { communities: number; modularity: number; ours_by_them: number }
    const modularity = modularityOf(graph, communities)
    return {
      nodes: graph.order,
      edges: graph.size,
      ours: { communities: communities.length, modularity },
      theirs: { communities: theirs.communities, modularity: theirs.modularity },
      oursByThem: theirs.ours_by_them,
      difference: modularity - theirs.modularity,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A Python of its own with networkx in it, made where there is none yet. @returns its executable */
export function pythonWithNetworkx(): string {
  const folder = join(tmpdir(), 'microcosm-networkx')
  const python = join(folder, 'bin', 'python')
  if (!existsSync(join(folder, 'done'))) {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', networkx], { stdio: ['ignore', 2, 2] })
    writeFileSync(join(folder, 'done'), networkx)
  }
  return python
}

if (import.meta.main) {
  const given = process.argv.slice(2)
  const sources = given.filter((argument) => !argument.startsWith('--'))
  const selection = given.includes('--starter') ? 'starter' : 'all'
  const { operations } = await collect(readCorpus({ sources, selection }))
  const graph = buildGraph(operations, given.includes('--paper') ? { features: 'parameters' } : {})
  console.log(JSON.stringify(await compareLouvain(graph, pythonWithNetworkx()), null, 2))
}
