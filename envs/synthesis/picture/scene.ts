/**
 * What is drawn, as plain data, and the same as SVG: shapes in the order in which they lie on each other.
 *
 * Widths of text are estimated from the font that is drawn with (DejaVu Sans), so that boxes fit and labels keep apart.
 */

export type Shape =
  | { kind: 'box'; x: number; y: number; width: number; height: number; fill: string; stroke: string; dashed?: boolean }
  | { kind: 'dot'; x: number; y: number; radius: number; fill: string }
  | { kind: 'path'; d: string; stroke: string; width: number; opacity: number }
  | {
      kind: 'text'
      x: number
      y: number
      text: string
      size: number
      fill: string
      bold?: boolean
      anchor?: Anchor
      halo?: boolean
    }

export type Anchor = 'start' | 'middle' | 'end'

export interface Scene {
  width: number
  height: number
  title: string
  shapes: Shape[]
}

/** Twelve colours that are told apart, also by those who confuse red and green, before they come again. */
const hues = [
  '#4477aa',
  '#ee7733',
  '#228833',
  '#aa3377',
  '#ccbb44',
  '#66ccee',
  '#cc3311',
  '#009988',
  '#bbbbbb',
  '#882255',
  '#999933',
  '#332288',
]
export const colour = (index: number): string => hues[index % hues.length] as string

/** How wide a text is about, in the units of its size. */
export function textWidth(text: string, size: number, bold = false): number {
  let units = 0
  for (const letter of text)
    units += /[ijlt.,:'|!]/.test(letter) ? 0.32 : /[mwMW@]/.test(letter) ? 0.95 : /[A-Z]/.test(letter) ? 0.7 : 0.6
  return units * size * (bold ? 1.1 : 1)
}

/** Words that don't fit go, with a sign that they went. */
export function shorten(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text
  let cut = text
  while (cut.length > 1 && textWidth(`${cut}…`, size) > width) cut = cut.slice(0, -1)
  return `${cut.trimEnd()}…`
}

export const fontFamily = 'DejaVu Sans'

export function toSvg({ width, height, title, shapes }: Scene): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}" font-family="${fontFamily}, sans-serif">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...shapes.map(shapeToSvg),
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

function shapeToSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'box': {
      const dash = shape.dashed ? ' stroke-dasharray="5 3"' : ''
      return `<rect x="${number(shape.x)}" y="${number(shape.y)}" width="${number(shape.width)}" height="${number(shape.height)}" rx="6" fill="${shape.fill}" stroke="${shape.stroke}" stroke-width="1.6"${dash}/>`
    }
    case 'dot':
      return `<circle cx="${number(shape.x)}" cy="${number(shape.y)}" r="${number(shape.radius)}" fill="${shape.fill}" fill-opacity="0.85" stroke="#ffffff" stroke-width="0.6"/>`
    case 'path':
      return `<path d="${shape.d}" fill="none" stroke="${shape.stroke}" stroke-width="${number(shape.width)}" stroke-opacity="${number(shape.opacity)}"/>`
    case 'text': {
      const weight = shape.bold ? ' font-weight="bold"' : ''
      // The halo is drawn as a text of its own below: not every viewer knows paint-order.
      const place = `x="${number(shape.x)}" y="${number(shape.y)}" font-size="${number(shape.size)}" text-anchor="${shape.anchor ?? 'start'}"${weight}`
      const text = escapeXml(shape.text)
      const halo = shape.halo
        ? `<text ${place} fill="#ffffff" stroke="#ffffff" stroke-width="${number(shape.size / 3)}" stroke-linejoin="round" stroke-opacity="0.85">${text}</text>`
        : ''
      return `${halo}<text ${place} fill="${shape.fill}">${text}</text>`
    }
  }
}

/** Two digits behind the point, so that the same picture has the same bytes everywhere. */
const number = (value: number): string => String(Math.round(value * 100) / 100)

/** Control characters are no XML at all, and are left out. */
export function escapeXml(text: string): string {
  return text.replace(/[^\P{C}\t\n]/gu, '').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
