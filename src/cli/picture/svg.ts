// The enclosures as an SVG: a card for each host, or, where they are many, a cell; a frame around those that a chassis or a
// case encloses. They stand in rows, in the order of the enclosures; without a script, with a <title> on everything that
// has a meaning. Pure.
import { namesText } from '../../model/shorten.js'
import { escapeXml } from '../../model/xml.js'
import { card, cardWidth, header, headerText, padding } from './card.js'
import { cell, standingColours } from './cell.js'
import { type Drawing, inRows, short, text } from './draw.js'
import { type Box, type Picture, type Standing, titleOf, withInner, worstOf } from './picture.js'

/** So many cards can be read on a screen without zooming in; more machines are a map of cells. */
const mostCards = 60

/** How machines are shown, and what stands between and around them. */
type Style = {
  readonly machine: (box: Box) => Drawing
  readonly headerText: (box: Box, x: number, y: number) => string
  readonly header: number
  readonly gap: number
  readonly padding: number
}

const cards: Style = { machine: card, headerText, header, gap: 16, padding }

const map: Style = {
  machine: cell,
  headerText: ({ name, type }, x, y) =>
    text(x + 6, y + 13, short(`${name} (${type})`, 40), 'font-size="10" font-weight="600"'),
  ...{ header: 19, gap: 4, padding: 6 },
}

const margin = 16

export const svgOf = ({ site, boxes }: Picture): string => {
  const machines = boxes.flatMap(withInner).filter(({ boxes }) => boxes.length === 0)
  const isMap = machines.length > mostCards
  const style = isMap ? map : cards
  const top = isMap ? 100 : 56
  const rows = rowsOf(boxes, style)
  const [width, height] = [Math.max(rows.width, cardWidth) + 2 * margin, top + rows.height + margin]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#222222">`,
    `<title>${escapeXml(`The enclosures of ${site}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#f6f7f9"/>`,
    text(margin, 34, site, 'font-size="20" font-weight="600"'),
    ...(isMap ? [legend(machines)] : []),
    ...rows.placed.map(({ item, x, y }) => item.draw(margin + x, top + y)),
    '</svg>',
    '',
  ].join('\n')
}

const rowsOf = (boxes: readonly Box[], style: Style) =>
  inRows(
    boxes.map(box => (box.boxes.length === 0 ? style.machine(box) : frame(box, style))),
    style.gap,
  )

/** A chassis or a case around what it encloses. */
const frame = (box: Box, style: Style): Drawing => {
  const { header, padding } = style
  const rows = rowsOf(box.boxes, style)
  const [width, height] = [rows.width + 2 * padding, header + rows.height + padding]
  return {
    ...{ width, height },
    draw: (x, y) => {
      const title = `<title>${escapeXml(titleOf(box))}</title>`
      const outline = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${padding}" fill="#eceef2" stroke="#9aa0aa"/>`
      const inner = rows.placed.map(({ item, x: right, y: down }) => item.draw(x + padding + right, y + header + down))
      return `<g>${title}${outline}${style.headerText(box, x, y)}${inner.join('')}</g>`
    },
  }
}

/** What the colours mean, and the machines that have them, which nobody has to look for. */
const legend = (machines: readonly Box[]): string => {
  const line = (standing: Standing, meaning: string, y: number): string => {
    const names = machines.filter(machine => worstOf(machine) === standing).map(({ name }) => name)
    const { bar } = standingColours[standing]
    const found = names.length === 0 ? 'none' : `${names.length} of ${machines.length}: ${namesText(names)}`
    return (
      `<rect x="${margin}" y="${y - 9}" width="10" height="10" rx="2" fill="${bar}"/>` +
      text(margin + 16, y, `${meaning}: ${found}`, 'font-size="11"')
    )
  }
  const meanings = line('over', 'more is taken than there is', 54) + line('tight', 'nine tenths or more are taken', 70)
  return meanings + text(margin, 88, `bars, from above: ${barsOf(machines)}`, 'font-size="11"')
}

/** `vg_guests, memory`, where all have the same. */
const barsOf = (machines: readonly Box[]): string => {
  const lists = new Set(machines.map(({ capacities }) => capacities.map(({ name }) => name).join(', ')))
  lists.delete('')
  const [list = 'none'] = lists
  return lists.size > 1 ? "each machine's own, which its title names" : list
}
