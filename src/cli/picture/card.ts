// A host as a card: its guests as rows, a bar for each of its capacities with what each guest takes of it. Pure.
import type { Capacity } from '../../model/component.js'
import { escapeXml } from '../../model/xml.js'
import { type Drawing, overColour, round, short, text } from './draw.js'
import { type Box, capacityText, gibibytes, standingOf, takenOf, takerOf, titleOf } from './picture.js'

export const cardWidth = 280
export const padding = 12
export const header = 44
const bar = 30
const row = 18

/** Okabe and Ito's, which people tell apart whatever colours they see; in turns. */
const colours = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#0072b2', '#f0e442'] as const
const dom0Colour = '#999999'

export const headerText = ({ name, type }: Box, x: number, y: number): string =>
  text(x + padding, y + 20, short(name, 30), 'font-size="14" font-weight="600"') +
  text(x + padding, y + 36, short(type, 42), 'fill="#6a6f78" font-size="11"')

/** A host with its guests, or a machine that encloses nothing. */
export const card = (box: Box): Drawing => {
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
      return `<g><title>${escapeXml(titleOf(box))}</title>${outline}${headerText(box, x, y)}${[...bars, ...rows].join('')}</g>`
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
  const isOver = standingOf(capacity) === 'over'
  const figure = `<text x="${x + whole}" y="${y + 2}" text-anchor="end" font-size="10" fill="${isOver ? overColour : '#6a6f78'}">${escapeXml(capacityText(capacity))}</text>`
  const frame = `<rect x="${x}" y="${y + 6}" width="${whole}" height="10" rx="2" fill="#e6e8ec"${capacity.has === undefined ? ' opacity="0"' : ''}/>`
  const limit = isOver
    ? `<rect x="${round(x + has * scale)}" y="${y + 3}" width="2" height="16" fill="${overColour}"/>`
    : ''
  return `<g><title>${escapeXml(`${capacity.name} of ${box.name}: ${capacityText(capacity)}`)}</title>${text(x, y + 2, short(capacity.name, 24), 'font-size="10" fill="#6a6f78"')}${figure}${frame}${shares.join('')}${limit}</g>`
}

/** A guest's colour, its volumes' too; the host's own are grey. */
const colourOf = (name: string, { guests }: Box): string => {
  const guest = takerOf(name, guests)
  return guest === undefined ? dom0Colour : (colours[guests.indexOf(guest) % colours.length] ?? dom0Colour)
}

const guestText = (guest: string, { capacities }: Box): string => {
  const parts = capacities.flatMap(({ name, shares }) =>
    shares.filter(share => share.name === guest).map(({ size }) => `${name} ${gibibytes(size)} GiB`),
  )
  return [guest, ...parts].join(', ')
}
