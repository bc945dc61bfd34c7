// What every part of a picture is made of: text, and what can be drawn at a place. Pure.
import { escapeXml } from '../../model/xml.js'

/** What has a size, and can be drawn anywhere. */
export type Drawing = {
  readonly width: number
  readonly height: number
  readonly draw: (x: number, y: number) => string
}

export const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escapeXml(content)}</text>`

export const short = (content: string, most: number): string =>
  content.length <= most ? content : `${content.slice(0, most - 1)}…`

export const round = (number: number): number => Math.round(number * 100) / 100

/** Of what takes more than there is. */
export const overColour = '#b00020'

type Rows = {
  readonly placed: readonly { readonly item: Drawing; readonly x: number; readonly y: number }[]
  readonly width: number
  readonly height: number
}

/** Row by row, so that neighbours of the site are neighbours here; about as wide as they are high. */
export const inRows = (items: readonly Drawing[], gap: number): Rows => {
  const area = items.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  const most = Math.max(Math.sqrt(area * 1.8), ...items.map(({ width }) => width))
  const placed: { readonly item: Drawing; readonly x: number; readonly y: number }[] = []
  let [x, y, rowHeight, widest] = [0, 0, 0, 0]
  for (const item of items) {
    if (x > 0 && x + item.width > most) {
      y += rowHeight + gap
      x = 0
      rowHeight = 0
    }
    placed.push({ item, x, y })
    rowHeight = Math.max(rowHeight, item.height)
    widest = Math.max(widest, x + item.width)
    x += item.width + gap
  }
  return { placed, width: widest, height: y + rowHeight }
}
