// The enclosures as an SVG: a box for each machine, its guests as rows, a bar for each of its capacities. Boxes stand in
// columns, in the order of the enclosures; without a script, with a <title> on everything that has a meaning. Pure.
import type { Capacity } from '../../model/component.js'
import { escapeXml } from '../../model/xml.js'
import { type Box, capacityText, gibibytes, type Picture, takenOf } from './picture.js'

const width = 280
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
  const columns = Math.max(1, Math.min(boxes.length, Math.ceil(Math.sqrt(boxes.length * 0.8))))
  const places = place(boxes, columns)
  const height = Math.max(...places.map(({ y, box }) => y + heightOf(box)), top) + gap
  const whole = gap + columns * (width + gap)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${height}" viewBox="0 0 ${whole} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#222222">`,
    `<title>${escapeXml(`The enclosures of ${site}`)}</title>`,
    `<rect width="${whole}" height="${height}" fill="#f6f7f9"/>`,
    text(gap, 34, site, 'font-size="20" font-weight="600"'),
    ...places.map(({ box, x, y }) => boxText(box, x, y)),
    '</svg>',
    '',
  ].join('\n')
}

type Placed = { readonly box: Box; readonly x: number; readonly y: number }

/** Row by row, so that neighbours of the site are neighbours here; each below what is above it in its column. */
const place = (boxes: readonly Box[], columns: number): readonly Placed[] => {
  const ends = Array.from({ length: columns }, () => top)
  return boxes.map((box, index) => {
    const column = index % columns
    const y = ends[column] ?? top
    ends[column] = y + heightOf(box) + gap
    return { box, x: gap + column * (width + gap), y }
  })
}

const heightOf = ({ guests, capacities }: Box): number =>
  header + capacities.length * bar + guests.length * row + (guests.length + capacities.length > 0 ? padding : 0)

const boxText = (box: Box, x: number, y: number): string => {
  const { name, type, within, guests, capacities } = box
  const about = within.length === 0 ? type : `${type} in ${within.join(', ')}`
  const bars = capacities.map((one, index) => barText(one, y + header + index * bar + 8, box, x + padding))
  const firstRow = y + header + capacities.length * bar + 14
  const rows = guests.map((guest, index) => {
    const at = firstRow + index * row
    return `<g><title>${escapeXml(guestText(guest, box))}</title><rect x="${x + padding}" y="${at - 9}" width="10" height="10" rx="2" fill="${colourOf(guest, box)}"/>${text(x + padding + 18, at, short(guest, 36))}</g>`
  })
  return `<g><title>${escapeXml(`${name}, ${about}`)}</title><rect x="${x}" y="${y}" width="${width}" height="${heightOf(box)}" rx="8" fill="#ffffff" stroke="#c8ccd2"/>${text(x + padding, y + 20, short(name, 30), 'font-size="14" font-weight="600"')}${text(x + padding, y + 36, short(about, 42), 'fill="#6a6f78" font-size="11"')}${[...bars, ...rows].join('')}</g>`
}

/** What takes more than there is ends the bar in red. */
const barText = (capacity: Capacity, y: number, box: Box, x: number): string => {
  const whole = width - 2 * padding
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
