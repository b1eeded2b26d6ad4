/**
 * The tool graph of one domain: who feeds whom, from left to right.
 *
 * Only what teaches is drawn: a tool that takes the very parameter itself could feed any other, and all arrows of that
 * kind together hide the rest. Columns are steps: a tool stands right of what tells each thing it needs the soonest, and
 * of several that do, three are drawn. Within a column the order is that in which lines cross least (barycentres, as
 * Sugiyama's method has it). Colours are tables.
 * Source: Sugiyama, Tagawa, Toda 1981 (layers, barycentres).
 */

import { DirectedGraph } from 'graphology'
import type { Domain, Edge } from '../../../schemas/domain.ts'
import { colour, type Scene, type Shape, shorten, textWidth } from './scene.ts'

export type DomainGraph = DirectedGraph<
  { label: string; kind: 'read' | 'write'; table: string },
  { label: string; parameters: string[]; weight: number }
>

export function domainGraph({ tools, edges }: Pick<Domain, 'tools' | 'edges'>): DomainGraph {
  const graph: DomainGraph = new DirectedGraph()
  const takes = new Map<string, Set<string>>()
  for (const { name, kind, tables, input_schema } of tools) {
    graph.addNode(name, { label: name.replaceAll('_', ' '), kind, table: tables[0] ?? '' })
    takes.set(name, new Set(Object.keys((input_schema as { properties?: object }).properties ?? {})))
  }
  const strongest = Map.groupBy(edges.filter(teaches), ({ from, to }) => `${from.tool}\n${to.tool}`)
  for (const own of strongest.values()) {
    const { from, to } = own[0] as Edge
    const parameters = [...new Set(own.map((edge) => edge.to.parameter))].sort()
    // With keys of their own: those that the graph would make up are new each time.
    graph.mergeEdgeWithKey(`${from.tool} ${to.tool}`, from.tool, to.tool, {
      label: parameters.join(', '),
      parameters,
      weight: Math.max(...own.map(({ score = 1 }) => score)),
    })
  }
  return graph

  function teaches({ from, to }: Edge): boolean {
    const known = takes.get(from.tool)
    return known !== undefined && takes.has(to.tool) && from.tool !== to.tool && !known.has(to.parameter)
  }
}

const box = { height: 30, gap: 12, columnGap: 150, size: 13, widthMax: 290 }
const margin = { left: 30, top: 92, bottom: 44 }
/** A column of more tools than this is cut into several. */
const columnMax = 14

export function drawDomain(domain: Pick<Domain, 'title' | 'description' | 'tools' | 'edges'>): Scene {
  const whole = domainGraph(domain)
  const depths = depthsOf(whole)
  const graph = thin(whole, depths)
  const columns = order(graph, layers(graph, depths))
  const tables = [...new Set(graph.mapNodes((_, { table }) => table))].sort()
  const hue = new Map(tables.map((table, index) => [table, colour(index)]))
  const places = new Map<string, { x: number; y: number; width: number }>()
  const rows = Math.max(1, ...columns.map((column) => column.length))
  let x = margin.left
  for (const column of columns) {
    const widths = column.map((node) => textWidth(graph.getNodeAttribute(node, 'label'), box.size) + 26)
    const width = Math.min(box.widthMax, Math.max(80, ...widths))
    const offset = ((rows - column.length) * (box.height + box.gap)) / 2
    for (const [row, node] of column.entries())
      places.set(node, { x, y: margin.top + offset + row * (box.height + box.gap), width })
    x += width + box.columnGap
  }
  const width = Math.max(760, x - box.columnGap + margin.left)
  const height = margin.top + rows * (box.height + box.gap) + margin.bottom
  const shapes: Shape[] = [
    { kind: 'text', x: margin.left, y: 34, text: domain.title, size: 22, fill: '#222222', bold: true },
    {
      kind: 'text',
      x: margin.left,
      y: 56,
      text: shorten(domain.description, 13, width - 60),
      size: 13,
      fill: '#555555',
    },
  ]
  let at = margin.left
  for (const table of tables) {
    const text = table.replaceAll('_', ' ')
    const wide = textWidth(text, 12) + 30
    if (at + wide > width - 20) break
    shapes.push({ kind: 'dot', x: at + 6, y: 73, radius: 6, fill: hue.get(table) as string })
    shapes.push({ kind: 'text', x: at + 16, y: 77, text, size: 12, fill: '#333333' })
    at += wide
  }
  graph.forEachEdge((_edge, { weight }, from, to) => {
    const [a, b] = [places.get(from) as Place, places.get(to) as Place]
    shapes.push(...arrow(a, b, { stroke: hue.get(graph.getNodeAttribute(from, 'table')) as string, weight }))
  })
  graph.forEachNode((node) => {
    const needs = new Set(graph.mapInEdges(node, (_edge, { parameters }) => parameters).flat())
    if (needs.size === 0) return
    const { x: left, y: top } = places.get(node) as Place
    const text = shorten([...needs].sort().join(', ').replaceAll('_', ' '), 10, box.columnGap - 24)
    const y = top + box.height / 2 - 5
    shapes.push({ kind: 'text', x: left - 12, y, text, size: 10, fill: '#666666', anchor: 'end', halo: true })
  })
  graph.forEachNode((node, { label, kind, table }) => {
    const { x, y, width: wide } = places.get(node) as { x: number; y: number; width: number }
    const main = hue.get(table) as string
    const fill = kind === 'write' ? `${main}` : '#ffffff'
    shapes.push({ kind: 'box', x, y, width: wide, height: box.height, fill, stroke: main })
    const text = shorten(label, box.size, wide - 20)
    const ink = kind === 'write' && isDark(main) ? '#ffffff' : '#1a1a1a'
    shapes.push({ kind: 'text', x: x + wide / 2, y: y + 20, text, size: box.size, fill: ink, anchor: 'middle' })
  })
  const legend = `Filled: changes something. Outlined: looks up. An arrow: what one tells, the other needs. Colours: tables.`
  shapes.push({ kind: 'text', x: margin.left, y: height - 16, text: legend, size: 11, fill: '#777777' })
  return { width, height, title: domain.title, shapes }
}

function isDark(fill: string): boolean {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(fill.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ]
  return red * 0.3 + green * 0.59 + blue * 0.11 < 150
}

type Place = { x: number; y: number; width: number }

function arrow(a: Place, b: Place, { stroke, weight }: { stroke: string; weight: number }): Shape[] {
  const middle = box.height / 2
  const [x1, y1, x2, y2] = [a.x + a.width, a.y + middle, b.x - 7, b.y + middle]
  const bend = Math.max(50, (x2 - x1) / 2)
  const d = `M${r(x1)} ${r(y1)}C${r(x1 + bend)} ${r(y1)} ${r(x2 - bend)} ${r(y2)} ${r(x2)} ${r(y2)}`
  const tip = `M${r(x2 - 2)} ${r(y2 - 4)}L${r(x2 + 5)} ${r(y2)}L${r(x2 - 2)} ${r(y2 + 4)}`
  const width = 0.8 + weight * 0.8
  return [
    { kind: 'path', d, stroke, width, opacity: 0.55 },
    { kind: 'path', d: tip, stroke, width: 1.6, opacity: 0.9 },
  ]
}

const r = (value: number): number => Math.round(value * 10) / 10

/** How many steps it takes until all that a tool needs is told; 0 where nothing in the domain tells it. */
function depthsOf(graph: DomainGraph): Map<string, number> {
  const needs = new Map(
    graph.mapNodes((node) => {
      const tellers = new Map<string, string[]>()
      graph.forEachInEdge(node, (_edge, { parameters }, from) => {
        for (const parameter of parameters) tellers.set(parameter, [...(tellers.get(parameter) ?? []), from])
      })
      return [node, [...tellers.values()]]
    }),
  )
  const depths = new Map(
    graph.mapNodes((node) => [node, (needs.get(node) as string[][]).length === 0 ? 0 : Number.POSITIVE_INFINITY]),
  )
  for (let changed = true; changed; ) {
    changed = false
    for (const [node, groups] of needs) {
      if (groups.length === 0) continue
      const soonest = groups.map((tellers) => Math.min(...tellers.map((from) => depths.get(from) as number)))
      const depth = Math.max(...soonest) + 1
      if (depth < (depths.get(node) as number)) {
        depths.set(node, depth)
        changed = true
      }
    }
  }
  // Those that only feed each other in a circle have to be begun with.
  for (const [node, depth] of depths) if (!Number.isFinite(depth)) depths.set(node, 0)
  return depths
}

function layers(graph: DomainGraph, depths: ReadonlyMap<string, number>): string[][] {
  const columns: string[][] = []
  for (const node of graph.nodes().sort()) {
    const at = depths.get(node) as number
    while (columns.length <= at) columns.push([])
    ;(columns[at] as string[]).push(node)
  }
  return columns.filter((column) => column.length > 0)
}

const tellersMax = 3

/** What is drawn: only what leads on to the right, and few for one need, look-ups first. */
function thin(graph: DomainGraph, depths: ReadonlyMap<string, number>): DomainGraph {
  const drawn = graph.copy() as DomainGraph
  for (const node of graph.nodes()) {
    const before = graph
      .inNeighbors(node)
      .filter((from) => (depths.get(from) as number) < (depths.get(node) as number))
      .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    const kept = new Set<string>()
    const told = new Map<string, number>()
    for (const from of before) {
      const parameters = graph.getEdgeAttribute(graph.edge(from, node), 'parameters')
      if (!parameters.some((parameter) => (told.get(parameter) ?? 0) < tellersMax)) continue
      kept.add(from)
      for (const parameter of parameters) told.set(parameter, (told.get(parameter) ?? 0) + 1)
    }
    for (const from of graph.inNeighbors(node)) if (!kept.has(from)) drawn.dropEdge(from, node)
  }
  return drawn

  function rank(node: string): number {
    return (depths.get(node) as number) * 2 + (graph.getNodeAttribute(node, 'kind') === 'read' ? 0 : 1)
  }
}

const sweeps = 8

function order(graph: DomainGraph, columns: string[][]): string[][] {
  const place = new Map<string, number>()
  const settle = (column: readonly string[]): void => {
    for (const [index, node] of column.entries()) place.set(node, (index + 0.5) / column.length)
  }
  const sorted = columns.map((column) =>
    [...column].sort((a, b) => {
      const [left, right] = [graph.getNodeAttribute(a, 'table'), graph.getNodeAttribute(b, 'table')]
      return left === right ? (a < b ? -1 : 1) : left < right ? -1 : 1
    }),
  )
  for (const column of sorted) settle(column)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const forward = sweep % 2 === 0
    for (const column of forward ? sorted : [...sorted].reverse()) {
      const centre = new Map(
        column.map((node) => {
          const near = forward ? graph.inNeighbors(node) : graph.outNeighbors(node)
          const sum = near.reduce((total, other) => total + (place.get(other) as number), 0)
          return [node, near.length === 0 ? (place.get(node) as number) : sum / near.length]
        }),
      )
      column.sort((a, b) => (centre.get(a) as number) - (centre.get(b) as number) || (a < b ? -1 : 1))
      settle(column)
    }
  }
  return sorted.flatMap((column) => {
    const parts = Math.ceil(column.length / columnMax)
    const size = Math.ceil(column.length / parts)
    return Array.from({ length: parts }, (_, part) => column.slice(part * size, (part + 1) * size))
  })
}
