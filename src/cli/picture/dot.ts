// The enclosures in the language of Graphviz: a cluster for each enclosure, a node for each machine in it. Pure.
import type { Enclosed } from '../../model/enclosed.js'
import { type Box, capacityText, type Picture, withInner } from './picture.js'

export const dotOf = (site: Enclosed, { boxes }: Picture): string => {
  const byName = new Map(boxes.flatMap(withInner).map(box => [box.name, box]))
  return [
    `digraph ${quoted(site.name)} {`,
    '  graph [layout=osage, pack=12, packmode=array_i, compound=true, fontname="sans-serif", labeljust=l, style=rounded, color="#c8ccd2"]',
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"]',
    ...site.children.flatMap(child => linesOf(child, byName, '  ')),
    '}',
    '',
  ].join('\n')
}

const linesOf = (
  { name, type, children }: Enclosed,
  boxes: ReadonlyMap<string, Box>,
  indent: string,
): readonly string[] => {
  const capacities = (boxes.get(name)?.capacities ?? []).map(one => `${one.name}: ${capacityText(one)}`)
  const label = quoted([`${name} (${type})`, ...capacities].join('\n'))
  if (children.length === 0) return [`${indent}${quoted(name)}${capacities.length === 0 ? '' : ` [label=${label}]`}`]
  return [
    `${indent}subgraph ${quoted(`cluster_${name}`)} {`,
    `${indent}  label=${label}`,
    ...children.flatMap(child => linesOf(child, boxes, `${indent}  `)),
    `${indent}}`,
  ]
}

/** A line break stays one; what else Graphviz would read is a character like any other. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
