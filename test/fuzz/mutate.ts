// Changes to the text of a file: some that keep it a file of a site, and some that keep nothing.
import * as nasty from './nasty.js'
import type { Random } from './random.js'

/** A text with some changes; `others` are texts to take parts from. */
export const mutate = (random: Random, text: string, others: readonly string[]): string => {
  let changed = text
  for (let left = 1 + random.below(random.chance(0.8) ? 2 : 8); left > 0; left -= 1)
    changed = random.pick(mutations)(random, changed, others)
  return changed
}

type Mutation = (random: Random, text: string, others: readonly string[]) => string

const splice = (text: string, at: number, length: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + length)

const lineAt = (random: Random, text: string): { lines: string[]; index: number } => {
  const lines = text.split('\n')
  return { lines, index: random.below(lines.length) }
}

/** Changes the part of one line that a pattern finds: its key, its value. */
const within =
  (pattern: RegExp, change: (random: Random, found: string) => string): Mutation =>
  (random, text) => {
    const { lines, index } = lineAt(random, text)
    const candidates = [...lines.keys()].filter(at => pattern.test(lines[at] ?? ''))
    const at = random.pickOf(candidates) ?? index
    lines[at] = (lines[at] ?? '').replace(pattern, found => change(random, found))
    return lines.join('\n')
  }

const aKey = /[A-Za-z_][\w-]*(?=:(?: |$))/
const aValue = /(?<=[\w"]: )[^,}\]\n]+/

const nested = (random: Random, expression: string): string => {
  const depth = random.pick([1, 3, 30, 300, 3000])
  const [open, close] = random.pick<readonly [string, string]>([
    ['${', '}'],
    ['${= (', ') }'],
    ['${= [', '] }'],
    ['${= {"a": ', '} }'],
    ['${= !', '}'],
    ['${X:-', '}'],
  ])
  if (!open.startsWith('${= ')) return open.repeat(depth) + expression + close.repeat(depth)
  return `\${= ${open.slice(4).repeat(depth)}1${close.slice(0, -2).repeat(depth)} }`
}

/** Collections in collections, in the flow style or one line each. */
const deep = (random: Random): string => {
  const depth = random.pick([20, 99, 101, 150, 1000, 20_000])
  if (random.chance(0.3) && depth <= 1000)
    return `\n${Array.from({ length: depth }, (_, level) => `${' '.repeat(level + 1)}a:`).join('\n')} 1`
  const [open, close] = random.pick<readonly [string, string]>([
    ['[', ']'],
    ['{a: ', '}'],
    ['[{a: ', '}]'],
    ['!force [', ']'],
  ])
  return open.repeat(depth) + (random.chance(0.7) ? close.repeat(depth) : '')
}

/** Every alias doubles what the one before it stands for. */
const bomb = (random: Random): string => {
  const length = 5 + random.below(30)
  const levels = Array.from(
    { length },
    (_, level) => `b${level}: &b${level} [${level === 0 ? '1, 1' : `*b${level - 1}, *b${level - 1}`}]`,
  )
  return `{ ${levels.join(', ')} }`
}

const quoted = (text: string): string => JSON.stringify(text)

const mutations: readonly [Mutation, ...Mutation[]] = [
  // bytes and characters
  (random, text) => splice(text, random.below(text.length + 1), random.below(3), random.pick(nasty.characters)),
  (random, text) => splice(text, random.below(text.length + 1), 1 + random.below(20), ''),
  (random, text) => {
    const at = random.below(text.length + 1)
    return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))))
  },
  (random, text) => {
    const [at, length] = [random.below(text.length + 1), random.below(80)]
    return splice(text, at, 0, text.slice(at, at + length))
  },
  (random, text) => text.slice(0, random.below(text.length + 1)),
  // lines
  (random, text) => {
    const { lines, index } = lineAt(random, text)
    const other = random.below(lines.length)
    ;[lines[index], lines[other]] = [lines[other] ?? '', lines[index] ?? '']
    return lines.join('\n')
  },
  (random, text) => {
    const { lines, index } = lineAt(random, text)
    lines.splice(index, 1 + random.below(3), ...(random.chance(0.5) ? [lines[index] ?? '', lines[index] ?? ''] : []))
    return lines.join('\n')
  },
  (random, text) => {
    const { lines, index } = lineAt(random, text)
    lines[index] = ' '.repeat(random.pick([1, 2, 3, 8, 200, 20_000])) + (lines[index] ?? '')
    return lines.join('\n')
  },
  (random, text, others) => {
    const { lines, index } = lineAt(random, text)
    const taken = (random.pickOf(others) ?? '').split('\n')
    const from = random.below(taken.length)
    lines.splice(index, random.below(2), ...taken.slice(from, from + 1 + random.below(6)))
    return lines.join('\n')
  },
  (random, text) => text.replaceAll('\n', random.pick(['\r\n', '\r', '\n\n', '\n \n', ' '])),
  // what the language is made of
  within(aKey, random => random.pick(nasty.keys)),
  within(aKey, random =>
    random.pick(['include', 'variables', 'parameters', 'children', 'domains', 'name', 'software']),
  ),
  within(aValue, random => random.pick(nasty.values)),
  within(aValue, random => random.pick(nasty.values)),
  within(aValue, (random, found) => `${random.pick(nasty.tags)} ${found}`),
  within(aValue, (random, found) => `${random.pick(nasty.tags)} ${found}`),
  within(/:$/, random => `: ${random.pick(nasty.tags)}`),
  within(aValue, random => quoted(random.pick(nasty.expressions))),
  within(aValue, (random, found) =>
    quoted(`${found}${random.pick(nasty.expressions)}${random.pick(nasty.expressions)}`),
  ),
  within(aValue, random => quoted(nested(random, random.pick(nasty.expressions)))),
  within(aValue, deep),
  within(aValue, bomb),
  within(aValue, (random, found) => `${random.pick(['&a', '&b'])} ${found}`),
  within(aValue, random => random.pick(['*a', '*b', '[*a, *a]', '{x: *b}'])),
  within(/^ +- .*$/, random => `  - ${random.pick(nasty.templates)}`),
  (random, text) => `include: [${random.pick(nasty.templates)}]\n${text.replace(/^include:/m, 'hardware:')}`,
  (random, text) =>
    `${text}\nvariables: { ${random.pick(nasty.keys)}: ${random.pick(nasty.values)}, XEN_VG: ${quoted(random.pick(nasty.expressions))} }\n`,
  (random, text) => `${text}\nparameters: { ${random.pick(nasty.keys)}: { default: ${random.pick(nasty.values)} } }\n`,
  (random, text) =>
    text.replace(
      /children: \[.*\]/,
      `children: [${random.pick(['gridhost', 'ce, ce', 'labhost', '', 'nobody', '"${XEN_VG}"', '1, null, {}', 'ce, labhost'])}]`,
    ),
  (random, text) => text.replace(/"?\b\d[\d.:]*"?/, random.pick(nasty.values)),
  (random, text) =>
    `${random.pick(['# ', '#\u0000', '\ufeff', '--- ', '%TAG ! tag:x,2000:\n---\n', '!force\n', '&a\n'])}${text}`,
  (random, text) => text.replace(/ (?=\S)/, ` # ${'note '.repeat(random.below(60))}\n    `),
]
