// graph: a plan as its graph, which action waits for which and why. Pure: text for people, DOT for Graphviz.
import type { GatedAction } from '../model/action.js'
import { graphOf } from './order.js'

export type PlanGraph = {
  /** In the order in which they are carried out. */
  readonly nodes: readonly Pick<GatedAction, 'id' | 'status' | 'summary' | 'provides' | 'requires'>[]
  /** `to` needs the key, which `from` provides. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly key: string }[]
}

/** The graph of actions that are in order. */
export const planGraph = (actions: readonly GatedAction[]): PlanGraph => ({
  nodes: actions.map(({ id, status, summary, provides, requires }) => ({ id, status, summary, provides, requires })),
  edges: [...graphOf(actions)].flatMap(([to, needs]) => needs.map(({ key, provider: from }) => ({ from, to, key }))),
})

/** An action a paragraph: what it needs, from which action, and what it provides. */
export const printGraph = ({ nodes, edges }: PlanGraph): string =>
  nodes
    .flatMap(({ id, status, summary, provides, requires }, index) => [
      `${index + 1} ${id} (${status}): ${summary}`,
      ...requires.map(key => {
        const from = edges.filter(edge => edge.to === id && edge.key === key).map(edge => edge.from)
        return `    needs ${key}${from.length === 0 ? ', which is there' : ` from ${from.join(', ')}`}`
      }),
      ...provides.map(key => `    provides ${key}`),
    ])
    .map(line => `${line}\n`)
    .join('')

/** The DOT language (graphviz.org/doc/info/lang.html): what is not due is dashed. */
export const printDot = ({ nodes, edges }: PlanGraph): string =>
  [
    'digraph plan {',
    '  rankdir=LR',
    '  node [shape=box]',
    ...nodes.map(({ id, status, summary }) => {
      const style = status === 'due' ? '' : ', style=dashed'
      return `  ${quoted(id)} [label=${quoted(`${summary}\n${status}`)}${style}]`
    }),
    ...edges.map(({ from, to, key }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(key)}]`),
    '}',
  ]
    .map(line => `${line}\n`)
    .join('')

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
