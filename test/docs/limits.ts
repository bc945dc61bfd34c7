// The table of limits: for each row, a site that has just as much, which is sound, and one that has more, which is not.
import type { Test } from 'tap'
import { anything, siteIn } from '../fixtures/site-in.js'
import type { Table } from './markdown.js'

type Files = Readonly<Record<string, string>>

/** A site with `count` of what a row is about. */
const sites: Readonly<Record<string, (count: number) => Files>> = {
  'a file': count => profile('hardware: { model: x } #'.padEnd(count, '.')),
  'words, signs, spaces and line ends of a file': count => profile('\n'.repeat(count)),
  'lists and maps in each other': count =>
    profile(`software: { components: { any: ${'['.repeat(count - 3)}1${']'.repeat(count - 3)} } }`),
  // The file itself, the three maps, and the list.
  'the values of a file, with those of an alias counted at each use': count =>
    profile(`software: { components: { any: [1${', 1'.repeat(count - 5)}] } }`),
  // The list and its items, once more.
  'the values that a file has by aliases, counted at each use': count =>
    profile(`software: { components: { any: [&a [1${', 1'.repeat(count - 2)}], *a] } }`),
  'includes in each other': count => ({
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`templates/t${index}.yaml`, `include: [t${index + 1}]\n`]),
    ),
    [`templates/t${count - 1}.yaml`]: '',
    ...profile('include: [t0]'),
  }),
  'items of a list or map that is written in a CEL expression': count =>
    profile(`software: { components: { any: "\${= [1${', 1'.repeat(count - 1)}] }" } }`),
  'a whole number': count => profile(`software: { components: { any: ${count} } }`),
}

const profile = (text: string): Files => ({ 'profiles/m.yaml': text })

export const checkLimits = (t: Test, { rows }: Table): void => {
  t.same(
    rows.map(({ cells }) => cells[0]),
    Object.keys(sites),
    'every limit has its test',
  )
  for (const { cells } of rows) {
    const [of = '', text = ''] = cells
    const most = Number(text.split(' ')[0])
    const found = (count: number): readonly string[] => siteIn(t, { ...anything, ...sites[of]?.(count) }).found
    t.same(found(most), [], `${of}: ${text}`)
    t.equal(found(most + 1).length, 1, `${of}: one more than ${text}`)
  }
}
