/**
 * Pictures of worlds: a domain's tool graph, or all domains at once, as an image (PNG, SVG) or as data (JSON of graphology,
 * GEXF for Gephi).
 *
 * A PNG is drawn with a font that comes along, so that the same picture has the same bytes on every machine.
 */

import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import gexfModule from 'graphology-gexf'
import type { Domain, DomainSummary } from '../../schemas/domain.ts'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import { fontFamily, type Scene, toSvg } from './picture/scene.ts'
import { domainGraph, drawDomain } from './picture/tools.ts'
import { drawUniverse, universeGraph } from './picture/universe.ts'

export const pictureFormats = ['png', 'svg', 'json', 'gexf'] as const
export type PictureFormat = (typeof pictureFormats)[number]

const { write: writeGexf } = gexfModule as unknown as {
  write(graph: unknown, options: { version: '1.3'; formatNode?: Formatter; formatEdge?: Formatter }): string
}
type Formatter = (key: string, attributes: Record<string, unknown>) => object

/** By the ending of a file's name. @throws USAGE */
export function pictureFormat(file: string): PictureFormat {
  const ending = extname(file).slice(1).toLowerCase()
  const format = pictureFormats.find((one) => one === ending)
  if (format !== undefined) return format
  throw new MicrocosmError(
    'USAGE',
    `A picture is written as .png, .svg, .json or .gexf, not as "${file}".${didYouMean(ending, pictureFormats)}`,
  )
}

export function pictureOfDomain(
  domain: Pick<Domain, 'title' | 'description' | 'tools' | 'edges'>,
  format: PictureFormat,
): Uint8Array {
  if (format === 'png' || format === 'svg') return image(drawDomain(domain), format)
  return data(domainGraph(domain), format)
}

export function pictureOfUniverse(
  domains: readonly DomainSummary[],
  format: PictureFormat,
  { seed = 0 }: { seed?: number } = {},
): Uint8Array {
  const graph = universeGraph(domains, { seed })
  if (format === 'png' || format === 'svg') return image(drawUniverse(graph), format)
  return data(graph, format)
}

/** Pixels for each unit of the scene. */
const zoom = 1.5

function image(scene: Scene, format: 'png' | 'svg'): Uint8Array {
  const svg = toSvg(scene)
  if (format === 'svg') return Buffer.from(svg)
  const folder = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf')
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      defaultFontFamily: fontFamily,
      fontFiles: [join(folder, 'DejaVuSans.ttf'), join(folder, 'DejaVuSans-Bold.ttf')],
    },
  })
    .render()
    .asPng()
}

function data(graph: { export(): object }, format: 'json' | 'gexf'): Uint8Array {
  if (format === 'json') return Buffer.from(`${JSON.stringify(graph.export(), null, 1)}\n`)
  const named: Formatter = (_key, { label, x, y, ...attributes }) => ({
    label,
    attributes,
    ...(typeof x === 'number' && { viz: { x, y } }),
  })
  return Buffer.from(writeGexf(graph, { version: '1.3', formatNode: named, formatEdge: named }))
}
