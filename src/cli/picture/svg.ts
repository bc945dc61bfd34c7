// The enclosures as an SVG: a card for each host, its guests as rows, a bar for each of its capacities; a frame around the
// cards of what a chassis or a case encloses. They stand in rows, in the order of the enclosures; without a script, with a
// <title> on everything that has a meaning. Pure.
import type { Capacity } from '../../model/component.js'
import { escapeXml } from '../../model/xml.js'
import { type Box, capacityText, gibibytes, type Picture, takenOf } from './picture.js'

const cardWidth = 280
const gap = 16
const padding = 12
const header = 44
const bar = 30
const row = 18
const top = 56

/** Okabe and Ito's, which people tell apart whatever colours they see; in turns. */
const colours = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#0072b2', '#f0e442'] as const
const dom0Colour = '#999999'

export const svgOf = ({ site, boxes }: Picture): string => {
  const { placed, width: widest, height: highest } = inRows(boxes.map(layOut))
  const [width, height] = [Math.max(widest, cardWidth) + 2 * gap, top + highest + gap]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#222222">`,
    `<title>${escapeXml(`The enclosures of ${site}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#f6f7f9"/>`,
    text(gap, 34, site, 'font-size="20" font-weight="600"'),
    ...placed.map(({ item, x, y }) => item.draw(gap + x, top + y)),
    '</svg>',
    '',
  ].join('\n')
}

/** What has a size, and can be drawn anywhere. */
type Drawing = {
  readonly width: number
  readonly height: number
  readonly draw: (x: number, y: number) => string
}

const layOut = (box: Box): Drawing => (box.boxes.length === 0 ? card(box) : frame(box))

type Rows = {
  readonly placed: readonly { readonly item: Drawing; readonly x: number; readonly y: number }[]
  readonly width: number
  readonly height: number
}

/** Row by row, so that neighbours of the site are neighbours here; about as wide as they are high. */
const inRows = (items: readonly Drawing[]): Rows => {
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

/** A chassis or a case around what it encloses. */
const frame = (box: Box): Drawing => {
  const { placed, width: widest, height: highest } = inRows(box.boxes.map(layOut))
  const [width, height] = [widest + 2 * padding, header + highest + padding]
  return {
    ...{ width, height },
    draw: (x, y) => {
      const outline = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" fill="#eceef2" stroke="#9aa0aa"/>`
      const inner = placed.map(({ item, x: right, y: down }) => item.draw(x + padding + right, y + header + down))
      return `<g>${titleText(box)}${outline}${headerText(box, x, y)}${inner.join('')}</g>`
    },
  }
}

const titleText = ({ name, type }: Box): string => `<title>${escapeXml(`${name}, ${type}`)}</title>`

const headerText = ({ name, type }: Box, x: number, y: number): string =>
  text(x + padding, y + 20, short(name, 30), 'font-size="14" font-weight="600"') +
  text(x + padding, y + 36, short(type, 42), 'fill="#6a6f78" font-size="11"')

/** A host with its guests, or a machine that encloses nothing. */
const card = (box: Box): Drawing => {
  const { guests, capacities } = box
  const hasContent = guests.length + capacities.length > 0
  const height = header + capacities.length * bar + guests.length * row + (hasContent ? padding : 0)
  return {
    ...{ width: cardWidth, height },
    draw: (x, y) => {
      const outline = `<rect x="${x}" y="${y}" width="${cardWidth}" height="${height}" rx="8" fill="#ffffff" stroke="#c8ccd2"/>`
      const bars = capacities.map((one, index) => barText(one, y + header + index * bar + 8, box, x + padding))
      const firstRow = y + header + capacities.length * bar + 14
      const rows = guests.map((guest, index) => rowText(guest, box, x + padding, firstRow + index * row))
      return `<g>${titleText(box)}${outline}${headerText(box, x, y)}${[...bars, ...rows].join('')}</g>`
    },
  }
}

const rowText = (guest: string, box: Box, x: number, y: number): string =>
  `<g><title>${escapeXml(guestText(guest, box))}</title><rect x="${x}" y="${y - 9}" width="10" height="10" rx="2" fill="${colourOf(guest, box)}"/>${text(x + 18, y, short(guest, 36))}</g>`

/** What takes more than there is ends the bar in red. */
const barText = (capacity: Capacity, y: number, box: Box, x: number): string => {
  const whole = cardWidth - 2 * padding
  const taken = takenOf(capacity)
  const has = capacity.has ?? taken
  const scale = whole / Math.max(has, taken, 1)
  let start = x
  const shares = capacity.shares.map(({ name, size }) => {
    const at = start
    start += size * scale
    return `<rect x="${round(at)}" y="${y + 6}" width="${round(size * scale)}" height="10" fill="${colourOf(name, box)}" stroke="#ffffff" stroke-width="0.5"><title>${escapeXml(`${name}: ${gibibytes(size)} GiB`)}</title></rect>`
  })
  const isOver = taken > has
  const figure = `<text x="${x + whole}" y="${y + 2}" text-anchor="end" font-size="10" fill="${isOver ? '#b00020' : '#6a6f78'}">${escapeXml(capacityText(capacity))}</text>`
  const frame = `<rect x="${x}" y="${y + 6}" width="${whole}" height="10" rx="2" fill="#e6e8ec"${capacity.has === undefined ? ' opacity="0"' : ''}/>`
  const limit = isOver ? `<rect x="${round(x + has * scale)}" y="${y + 3}" width="2" height="16" fill="#b00020"/>` : ''
  return `<g><title>${escapeXml(`${capacity.name} of ${box.name}: ${capacityText(capacity)}`)}</title>${text(x, y + 2, short(capacity.name, 24), 'font-size="10" fill="#6a6f78"')}${figure}${frame}${shares.join('')}${limit}</g>`
}

/** A guest's colour, its volumes' (named by it) too; the host's own are grey. */
const colourOf = (name: string, { guests }: Box): string => {
  const named = guests.filter(guest => name === guest || name.startsWith(`${guest}-`))
  const guest = named.sort((a, b) => b.length - a.length)[0]
  return guest === undefined ? dom0Colour : (colours[guests.indexOf(guest) % colours.length] ?? dom0Colour)
}

const guestText = (guest: string, { capacities }: Box): string => {
  const parts = capacities.flatMap(({ name, shares }) =>
    shares.filter(share => share.name === guest).map(({ size }) => `${name} ${gibibytes(size)} GiB`),
  )
  return [guest, ...parts].join(', ')
}

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escapeXml(content)}</text>`

const short = (content: string, most: number): string =>
  content.length <= most ? content : `${content.slice(0, most - 1)}…`

const round = (number: number): number => Math.round(number * 100) / 100
