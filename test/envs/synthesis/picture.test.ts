import fc from 'fast-check'
import { DirectedGraph } from 'graphology'
import t from 'tap'
import { libraryDomains } from '../../../envs/library/index.ts'
import { escapeXml, shorten, textWidth } from '../../../envs/synthesis/picture/scene.ts'
import { domainGraph, drawDomain } from '../../../envs/synthesis/picture/tools.ts'
import { pictureFormat, pictureFormats, pictureOfDomain, pictureOfUniverse } from '../../../envs/synthesis/picture.ts'
import type { Domain, DomainSummary } from '../../../schemas/domain.ts'

const hotel = libraryDomains[0] as Domain

const summary = (id: string, title: string, provider: string): DomainSummary => ({
  id,
  version: '0',
  title,
  description: `9 tools to look up and change ${title}, made from the API of ${provider}.`,
  tools: 9,
  tasks: 1,
  providers: [provider],
})

const things = ['songs', 'trains', 'lamps', 'boats', 'hats']
const universe = things.flatMap((thing) =>
  ['a', 'b', 'c', 'd', 'e'].map((at) => summary(`${thing}-${at}`, `${thing} of ${thing}`, `${thing}${at}.com`)),
)

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

t.test('the tools of a domain are drawn with their names, what feeds what from left to right', async (t) => {
  const scene = drawDomain(hotel)
  const graph = domainGraph(hotel)
  t.equal(graph.order, hotel.tools.length)
  t.ok(graph.size > 0)
  const labels = scene.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
  for (const { name } of hotel.tools) t.ok(labels.includes(name.replaceAll('_', ' ')), name)
  const boxes = scene.shapes.flatMap((shape) => (shape.kind === 'box' ? [shape] : []))
  t.equal(boxes.length, hotel.tools.length)
  for (const [at, a] of boxes.entries()) {
    t.ok(a.x >= 0 && a.x + a.width <= scene.width && a.y >= 0 && a.y + a.height <= scene.height, 'inside the picture')
    for (const b of boxes.slice(at + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      if (!apart) t.fail('two boxes lie on each other')
    }
  }
  const left = (name: string): number => boxes[hotel.tools.findIndex((tool) => tool.name === name)]?.x as number
  t.ok(left('find_guests') < left('list_bookings') && left('list_bookings') < left('cancel_booking'))
})

t.test('an arrow that teaches nothing is not there: the tool takes the same itself', async (t) => {
  const graph = domainGraph(hotel)
  for (const { from, to } of hotel.edges) {
    const producer = hotel.tools.find((tool) => tool.name === from.tool)
    const takes = Object.keys((producer as Domain['tools'][number]).input_schema.properties ?? {})
    if (takes.includes(to.parameter) && graph.hasEdge(from.tool, to.tool))
      t.notOk(graph.getEdgeAttribute(graph.edge(from.tool, to.tool), 'parameters').includes(to.parameter))
  }
})

t.test('tools that feed each other in a circle, and none at all, are drawn too', async (t) => {
  const tool = (name: string): (typeof hotel.tools)[number] => ({
    ...(hotel.tools[0] as (typeof hotel.tools)[number]),
    name,
    input_schema: { type: 'object', properties: {} },
  })
  const edge = (from: string, to: string): (typeof hotel.edges)[number] => ({
    from: { tool: from, field: 'id' },
    to: { tool: to, parameter: `of_${from}` },
  })
  const tools = ['a', 'b', 'c'].map(tool)
  const circle = drawDomain({
    ...hotel,
    tools,
    edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('a', 'a')],
  })
  t.equal(circle.shapes.filter(({ kind }) => kind === 'box').length, 3)
  t.ok(drawDomain({ ...hotel, tools: [], edges: [] }).width > 0)
})

t.test('each format is what it says, with the same bytes each time', async (t) => {
  for (const format of pictureFormats) {
    for (const draw of [() => pictureOfDomain(hotel, format), () => pictureOfUniverse(universe, format)]) {
      const bytes = draw()
      t.ok(Buffer.from(bytes).equals(Buffer.from(draw())), `${format} twice`)
      if (format === 'png') t.same([...bytes.slice(1, 4)], [...Buffer.from('PNG')])
      if (format === 'svg') t.match(text(bytes), /^<svg [\s\S]*<\/svg>\n$/)
      if (format === 'gexf') t.match(text(bytes), /<gexf version="1.3"[\s\S]*<edges>/)
      if (format === 'json') {
        const graph = new DirectedGraph({ allowSelfLoops: false, multi: false })
        if (text(bytes).includes('"directed"')) graph.import(JSON.parse(text(bytes)))
        t.ok((JSON.parse(text(bytes)) as { nodes: object[] }).nodes.length > 0)
      }
    }
  }
})

t.test('what is written on a PNG is there: letters change pixels', async (t) => {
  const other = { ...hotel, title: 'Motel chain' }
  t.notOk(Buffer.from(pictureOfDomain(hotel, 'png')).equals(Buffer.from(pictureOfDomain(other, 'png'))))
})

t.test('the universe names its regions, and keeps what is alike together', async (t) => {
  const svg = text(pictureOfUniverse(universe, 'svg'))
  for (const thing of things) t.match(svg, new RegExp(`font-weight="bold" fill="#[0-9a-f]{6}">${thing}`), thing)
  t.match(svg, /The universe: 25 domains/)
  const graph = JSON.parse(text(pictureOfUniverse(universe, 'json'))) as {
    nodes: { key: string; attributes: { x: number; y: number; region: number } }[]
  }
  const regions = Map.groupBy(graph.nodes, ({ key }) => key.split('-')[0])
  for (const nodes of regions.values()) t.equal(new Set(nodes.map(({ attributes }) => attributes.region)).size, 1)
  for (const { attributes } of graph.nodes) t.ok(Number.isFinite(attributes.x) && Number.isFinite(attributes.y))
})

t.test('one domain and none make a universe', async (t) => {
  t.match(text(pictureOfUniverse([], 'svg')), /The universe: 0 domains/)
  t.match(text(pictureOfUniverse(universe.slice(0, 1), 'svg')), /The universe: 1 domains/)
  t.ok(pictureOfUniverse(universe.slice(0, 1), 'png').length > 0)
})

t.test('whatever a title says, the SVG stays XML', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (title) => {
      const safe = escapeXml(title)
      return !/[<>"']|[^\P{Cc}\t\n]/u.test(safe) && !/&(?!#\d+;)/.test(safe)
    }),
    { seed: 2 },
  )
  const svg = text(pictureOfDomain({ ...hotel, title: '</svg><script>"&\u0000' }, 'svg'))
  t.notMatch(svg, /<script/)
})

t.test('a text that does not fit is cut, and says so', async () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 20, max: 300 }), (given, width) => {
      const short = shorten(given, 12, width)
      return short === given || (short.endsWith('…') && textWidth(short, 12) <= width)
    }),
    { seed: 2 },
  )
})

t.test('a file whose ending says no format is refused, with what would do', async (t) => {
  t.equal(pictureFormat('a/b.SVG'), 'svg')
  t.throws(() => pictureFormat('picture.jpg'), { code: 'USAGE', message: /\.png, \.svg, \.json or \.gexf/ })
  t.throws(() => pictureFormat('picture'), { code: 'USAGE' })
})
