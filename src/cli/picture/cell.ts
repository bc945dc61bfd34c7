// A host as a cell of a map of many: its name, a thin bar for each of its capacities, and colour only where that is tight.
// All that a card shows is in its <title>. Pure.
import type { Capacity } from '../../model/component.js'
import { escapeXml } from '../../model/xml.js'
import { type Drawing, overColour, round, short, text } from './draw.js'
import { type Box, capacityText, type Standing, standingOf, takenOf, titleOf, worstOf } from './picture.js'

const width = 72
const inset = 4
const header = 13
const bar = 7

type Colours = { readonly bar: string; readonly fill: string; readonly stroke: string }

/** Orange and red differ in lightness too, for whoever does not tell them apart. */
export const standingColours: Readonly<Record<Standing, Colours>> = {
  free: { bar: '#9aa3b0', fill: '#ffffff', stroke: '#d5d9df' },
  tight: { bar: '#e69f00', fill: '#fdf3dc', stroke: '#e69f00' },
  over: { bar: overColour, fill: '#f7d4da', stroke: overColour },
}

export const cell = (box: Box): Drawing => {
  const { name, capacities } = box
  const height = header + capacities.length * bar + 3
  const { fill, stroke } = standingColours[worstOf(box)]
  return {
    ...{ width, height },
    draw: (x, y) => {
      const outline = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="2" fill="${fill}" stroke="${stroke}"/>`
      const label = text(x + inset, y + 10, short(firstLabel(name), 13), 'font-size="9"')
      const bars = capacities.map((one, index) => barText(one, x + inset, y + header + index * bar))
      return `<g><title>${escapeXml(wholeText(box))}</title>${outline}${label}${bars.join('')}</g>`
    },
  }
}

/** Of a machine that is named by its domain as well, what tells it from its neighbours. */
const firstLabel = (name: string): string => name.split('.')[0] || name

/** A group whose size nobody declares has no bar: how full it is, is not known. */
const barText = (capacity: Capacity, x: number, y: number): string => {
  const whole = width - 2 * inset
  const rect = (part: number, colour: string): string =>
    `<rect x="${x}" y="${y}" width="${round(whole * part)}" height="5" fill="${colour}"/>`
  if (capacity.has === undefined) return ''
  const part = Math.min(1, takenOf(capacity) / Math.max(capacity.has, 1))
  return rect(1, '#e6e8ec') + (part === 0 ? '' : rect(part, standingColours[standingOf(capacity)].bar))
}

const wholeText = (box: Box): string => {
  const { guests, capacities } = box
  return [
    titleOf(box),
    ...capacities.map(one => `${one.name} ${capacityText(one)}`),
    ...(guests.length === 0 ? [] : [`guests: ${guests.join(', ')}`]),
  ].join('\n')
}
