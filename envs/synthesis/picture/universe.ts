/**
 * The universe: a dot for each domain, near those that are about the same, with names on the regions and on the largest.
 *
 * Two domains are linked by the words of their titles and descriptions and by their providers (rare ones first in weight);
 * Louvain's communities are the regions, ForceAtlas2 lays them out from fixed places, so the same catalogue gives the same
 * picture.
 * Sources: Jacomy et al. 2014 (ForceAtlas2); Blondel et al. 2008 (Louvain).
 */

import { UndirectedGraph } from 'graphology'
import forceAtlas2Module from 'graphology-layout-forceatlas2'
import type { DomainSummary } from '../../../schemas/domain.ts'
import { normalWords } from '../collect/words.ts'
import { findCommunities } from '../domains/partition.ts'
import { nearestNeighbours, type SparseVector } from '../graph/neighbours.ts'
import { colour, type Scene, type Shape, shorten, textWidth } from './scene.ts'

// The module is the function itself; its types speak of a default export that is not there.
const forceAtlas2 = forceAtlas2Module as unknown as (typeof forceAtlas2Module)['default']

export type UniverseGraph = UndirectedGraph<
  { label: string; tools: number; region: number; x: number; y: number },
  { weight: number }
>

const nearest = { threshold: 0.12, neighboursMax: 6 }
const stopWords = new Set('tool to look up and change made from the api of provider by in for'.split(' '))

export function universeGraph(domains: readonly DomainSummary[], { seed }: { seed: number }): UniverseGraph {
  const graph: UniverseGraph = new UndirectedGraph()
  for (const { id, title, tools } of domains) graph.addNode(id, { label: title, tools, region: 0, x: 0, y: 0 })
  for (const [index, neighbours] of nearestNeighbours(vectorsOf(domains), nearest).entries()) {
    const own = (domains[index] as DomainSummary).id
    for (const { index: other, similarity } of neighbours) {
      const [a, b] = [own, (domains[other] as DomainSummary).id].sort() as [string, string]
      // With keys of their own: those that the graph would make up are new each time.
      graph.mergeEdgeWithKey(`${a} ${b}`, a, b, { weight: Math.min(1, similarity) })
    }
  }
  const regions = findCommunities(graph as never, { seed }).sort((a, b) => b.length - a.length)
  // A sunflower of regions, each a sunflower of domains: near its end state, and without any chance.
  for (const [region, ids] of regions.entries()) {
    const centre = sunflower(region, 400)
    for (const [at, id] of ids.entries()) {
      const { x, y } = sunflower(at, 12)
      graph.mergeNodeAttributes(id, { region, x: centre.x + x, y: centre.y + y })
    }
  }
  if (graph.order > 1) {
    forceAtlas2.assign(graph, {
      iterations: graph.order > 500 ? 250 : 500,
      // What holds a region together counts more, so that regions keep apart.
      getEdgeWeight: (_edge, { weight }, _from, _to, a, b) => (a.region === b.region ? 3 * weight : weight / 4),
      settings: {
        barnesHutOptimize: graph.order > 300,
        strongGravityMode: true,
        gravity: 0.02,
        scalingRatio: 6,
        slowDown: 4,
        linLogMode: true,
        edgeWeightInfluence: 1,
      },
    })
  }
  return graph
}

function sunflower(index: number, gap: number): { x: number; y: number } {
  const angle = index * Math.PI * (3 - Math.sqrt(5))
  const radius = gap * Math.sqrt(index + 0.5)
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
}

function vectorsOf(domains: readonly DomainSummary[]): SparseVector[] {
  const all = domains.map(({ title, description, providers }) => {
    const features = new Map<string, number>()
    for (const word of normalWords(description)) if (!stopWords.has(word)) features.set(word, 0.6)
    for (const word of normalWords(title)) if (!stopWords.has(word)) features.set(word, 1)
    for (const provider of providers.slice(0, 5)) features.set(`@${provider}`, 0.5)
    return features
  })
  const frequency = new Map<string, number>()
  for (const features of all) for (const name of features.keys()) frequency.set(name, (frequency.get(name) ?? 0) + 1)
  const numbers = new Map([...frequency.keys()].map((name, index) => [name, index]))
  return all.map((features) => {
    const pairs = [...features].map(([name, weight]) => {
      const idf = Math.log(1 + domains.length / (frequency.get(name) as number))
      return [numbers.get(name) as number, weight * idf] as const
    })
    pairs.sort((a, b) => a[0] - b[0])
    const length = Math.hypot(...pairs.map((pair) => pair[1]))
    return {
      features: Uint32Array.from(pairs, (pair) => pair[0]),
      weights: Float64Array.from(pairs, (pair) => Math.round((pair[1] / length) * 1e12) / 1e12),
    }
  })
}

const size = { width: 2400, height: 1800, margin: 90 }

export function drawUniverse(graph: UniverseGraph): Scene {
  const place = fit(graph)
  const shapes: Shape[] = []
  graph.forEachEdge((_edge, { weight }, from, to, a, b) => {
    const [start, end] = [place.get(from), place.get(to)]
    if (start === undefined || end === undefined) return
    const stroke = a.region === b.region ? colour(a.region) : '#bbbbbb'
    const opacity = a.region === b.region ? 0.16 : 0.08
    const d = `M${start.x} ${start.y}L${end.x} ${end.y}`
    shapes.push({ kind: 'path', d, stroke, width: 0.5 + weight, opacity })
  })
  const radius = (tools: number): number => Math.max(2.2, Math.sqrt(tools) * (graph.order > 800 ? 1 : 1.8))
  graph.forEachNode((node, { tools, region }) => {
    const { x, y } = place.get(node) as Point
    shapes.push({ kind: 'dot', x, y, radius: radius(tools), fill: colour(region) })
  })
  const taken: Box[] = [{ x: 0, y: 0, width: 900, height: 84 }]
  /** At its place or, where that is taken, a little above or below it; a text that finds no room is left out. */
  const label = (
    text: string,
    at: Point,
    points: number,
    fill: string,
    shifts: readonly number[],
    bold = false,
  ): void => {
    const wide = textWidth(text, points, bold)
    const x = Math.max(wide / 2 + 8, Math.min(size.width - wide / 2 - 8, at.x))
    for (const shift of shifts) {
      const y = Math.max(points + 8, Math.min(size.height - 12, at.y + shift))
      const own = { x: x - wide / 2 - 4, y: y - points, width: wide + 8, height: points * 1.35 }
      if (taken.some((other) => overlap(own, other))) continue
      taken.push(own)
      shapes.push({ kind: 'text', x, y, text, size: points, fill, bold, anchor: 'middle', halo: true })
      return
    }
  }
  for (const { name, centre, count, region } of regionsOf(graph, place))
    label(name, centre, Math.min(30, 13 + Math.sqrt(count)), shade(colour(region)), regionShifts, true)
  const byTools = graph
    .mapNodes((node, { label: text, tools }) => ({ node, text, tools }))
    .sort((a, b) => b.tools - a.tools || (a.node < b.node ? -1 : 1))
  for (const { node, text, tools } of byTools) {
    const at = place.get(node) as Point
    label(shorten(text, 9.5, 150), { x: at.x, y: at.y - radius(tools) - 2 }, 9.5, '#444444', [0])
  }
  const title = `The universe: ${graph.order} domains`
  const tools = graph.reduceNodes((sum, _node, own) => sum + own.tools, 0)
  shapes.push({ kind: 'text', x: 40, y: 46, text: title, size: 28, fill: '#222222', bold: true, halo: true })
  const about = `${tools} tools. A dot is a domain, as large as it has tools; near ones are about the same.`
  shapes.push({ kind: 'text', x: 40, y: 72, text: about, size: 14, fill: '#555555', halo: true })
  return { width: size.width, height: size.height, title, shapes }
}

const regionShifts = [0, 32, -32, 64, -64, 96, -96]

interface Point {
  x: number
  y: number
}
interface Box extends Point {
  width: number
  height: number
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

/** Into the frame. Ranks take a share in the place, so that crowded middles open up and far ones come nearer. */
function fit(graph: UniverseGraph): Map<string, Point> {
  const along = (axis: 'x' | 'y', most: number): Map<string, number> => {
    const sorted = graph.mapNodes((node, own) => [node, own[axis]] as const).sort((a, b) => a[1] - b[1])
    const least = sorted[0]?.[1] ?? 0
    const span = (sorted.at(-1)?.[1] ?? 0) - least || 1
    return new Map(
      sorted.map(([node, value], rank) => {
        const share = 0.5 * ((value - least) / span) + 0.5 * (rank / Math.max(1, sorted.length - 1))
        return [node, Math.round((size.margin + share * (most - 2 * size.margin)) * 10) / 10]
      }),
    )
  }
  const [x, y] = [along('x', size.width), along('y', size.height)]
  return new Map(graph.mapNodes((node) => [node, { x: x.get(node) as number, y: y.get(node) as number }]))
}

interface Region {
  name: string
  centre: Point
  count: number
  region: number
}

/** The largest first, each called by the words that most of its titles share. */
function regionsOf(graph: UniverseGraph, place: ReadonlyMap<string, Point>): Region[] {
  const byRegion = Map.groupBy(graph.nodes(), (node) => graph.getNodeAttribute(node, 'region'))
  return [...byRegion]
    .filter(([, nodes]) => nodes.length >= 4)
    .map(([region, nodes]) => {
      const words = new Map<string, number>()
      for (const node of nodes) {
        const title = graph.getNodeAttribute(node, 'label')
        for (const word of new Set(title.toLowerCase().split(' '))) {
          if (word.length > 2 && !stopWords.has(word)) words.set(word, (words.get(word) ?? 0) + 1)
        }
      }
      const [first, second] = [...words].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      const also = second !== undefined && first !== undefined && second[1] > first[1] * 0.6 ? `, ${second[0]}` : ''
      const middle = (axis: 'x' | 'y'): number => {
        const sorted = nodes.map((node) => (place.get(node) as Point)[axis]).sort((a, b) => a - b)
        return sorted[Math.floor(sorted.length / 2)] as number
      }
      return {
        name: `${first?.[0] ?? ''}${also}`,
        centre: { x: middle('x'), y: middle('y') },
        count: nodes.length,
        region,
      }
    })
    .sort((a, b) => b.count - a.count || a.region - b.region)
}

/** Darker, for text. */
function shade(fill: string): string {
  const parts = [1, 3, 5].map((at) => Math.round(Number.parseInt(fill.slice(at, at + 2), 16) * 0.6))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
