// The enclosures as pictures: what they show, and that the tools which read them do.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { components } from '../../components/index.js'
import { dotOf } from '../../src/cli/picture/dot.js'
import { type Box, enclosuresIn, type Picture, pictureOf } from '../../src/cli/picture/picture.js'
import { svgOf } from '../../src/cli/picture/svg.js'
import { compileSite } from '../../src/compiler/compile.js'
import { siteIn } from '../fixtures/site-in.js'
import { h1, site } from '../fixtures/two-hosts.js'
import { skipWithout } from '../oracles/require-tool.js'

const host = (name: string, size: number): Box => ({
  name,
  type: 'hypervisor',
  guests: [`${name}-a`, `${name}-b`],
  boxes: [],
  capacities: [
    {
      name: 'memory',
      has: 65536,
      shares: [{ name: 'dom0', size: 2048 }, ...['a', 'b'].map(of => ({ name: `${name}-${of}`, size }))],
    },
    { name: 'vg', has: undefined, shares: [{ name: `${name}-a`, size: 1024 }] },
  ],
})
const hosts = (count: number): Picture => ({
  site: 'a "<b>" & c',
  boxes: Array.from({ length: count }, (_, index) => host(`<host>${index}`, 8192)),
})

t.test('what a host has, and who takes it', async t => {
  const { compiled } = siteIn(t, site, components).result
  if (compiled === undefined) throw new Error('no site')
  const { boxes } = pictureOf('test', enclosuresIn(compiled))
  t.match(boxes, [
    {
      name: 'h1',
      guests: ['a', 'b'],
      capacities: [
        {
          name: 'vg_guests',
          has: 20480,
          shares: [
            { name: 'data', size: 1024 },
            { name: 'a', size: 4096 },
            { name: 'b', size: 4096 },
          ],
        },
        {
          name: 'memory',
          has: 4096,
          shares: [
            { name: 'dom0', size: 1024 },
            { name: 'a', size: 1033 },
            { name: 'b', size: 1033 },
          ],
        },
      ],
    },
    { name: 'h2', guests: ['c'] },
  ])
  t.match(svgOf({ site: 'x', boxes }), '<title>memory of h1: 3 of 4 GiB</title>')
})

t.test('shares stand in a bar as the guests stand below it, behind what is the host’s own', async t => {
  const reversed = { ...site, [h1]: (site[h1] ?? '').replace('children: [a, b]', 'children: [b, a]') }
  const { compiled } = siteIn(t, reversed, components).result
  if (compiled === undefined) throw new Error('no site')
  const picture = pictureOf('test', enclosuresIn(compiled))
  const shares = picture.boxes[0]?.capacities.map(one => one.shares.map(({ name }) => name))
  t.same(picture.boxes[0]?.guests, ['b', 'a'])
  t.same(shares, [
    ['data', 'b', 'a'],
    ['dom0', 'b', 'a'],
  ])
})

/** Chassis of sixteen blades each. */
const chassis = (blades: number): Picture => ({
  site: 'racks',
  boxes: Array.from({ length: Math.ceil(blades / 16) }, (_, index) => {
    const boxes = Array.from({ length: Math.min(16, blades - index * 16) }, (_, slot) =>
      host(`b${index}-${slot}`, 8192),
    )
    return { name: `chassis${index}`, type: 'blade', guests: [], boxes, capacities: [] }
  }),
})

/** The outlines of frames and cards, by their titles. */
const outlinesIn = (
  svg: string,
  type: string,
): readonly { name: string; x: number; y: number; right: number; bottom: number }[] =>
  [...svg.matchAll(/<title>([^<,]+), ([a-z]+)[^<]*<\/title><rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)]
    .filter(([, , found]) => found === type)
    .map(([, name = '', , ...sides]) => {
      const [x = 0, y = 0, width = 0, height = 0] = sides.map(Number)
      return { name, x, y, right: x + width, bottom: y + height }
    })

t.test('a chassis is a frame around its blades and nothing else', async t => {
  for (const blades of [10, 1000]) {
    const svg = svgOf(chassis(blades))
    const [frames, cards] = [outlinesIn(svg, 'blade'), outlinesIn(svg, 'hypervisor')]
    t.equal(cards.length, blades)
    for (const card of cards) {
      const around = frames.filter(
        frame => frame.x < card.right && card.x < frame.right && frame.y < card.bottom && card.y < frame.bottom,
      )
      t.same(
        around.map(({ name }) => name),
        [`chassis${/b(\d+)/.exec(card.name)?.[1]}`],
      )
      t.ok(
        around.every(
          ({ x, y, right, bottom }) => x < card.x && y < card.y && card.right < right && card.bottom < bottom,
        ),
      )
    }
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    t.ok(Number(width) / Number(height) > 0.5 && Number(width) / Number(height) < 3, `${width} ${height}`)
  }
})

t.test('any text, no script, a picture that is about as wide as it is high', async t => {
  for (const count of [0, 1, 10, 1000]) {
    const svg = svgOf(hosts(count))
    t.notMatch(svg, /<script|<host>|<b>/)
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    if (count >= 10)
      t.ok(Number(width) / Number(height) > 0.5 && Number(width) / Number(height) < 3, `${width} ${height}`)
  }
  t.match(svgOf({ site: 'x', boxes: [host('h', 40960)] }), 'fill="#b00020">82 of 64 GiB<')
})

t.test('of many hosts it is a map that fits a screen, coloured only where something is tight', t => {
  const many = hosts(1000)
  const sized = (index: number, size: number): Box => host(`rack-${index}.example.org`, size)
  // 62 GiB of 64 with dom0, and 66.
  const nothing = { ...host('nothing', 1024), capacities: ['memory', 'vg'].map(name => ({ name, has: 0, shares: [] })) }
  const boxes = [...many.boxes.slice(4), nothing, sized(1, 30 * 1024), sized(2, 32 * 1024), sized(3, 27 * 1024)]
  const svg = svgOf({ site: 'x', boxes })
  const [, width = '', height = ''] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
  t.ok(Number(width) < 2560 && Number(height) < 1440, `${width} ${height}`)
  t.match(svg, '>more is taken than there is: 1 of 1000: rack-2.example.org<')
  t.match(svg, '>nine tenths or more are taken: 1 of 1000: rack-1.example.org<')
  t.match(svg, '>bars, from above: memory, vg<')
  t.match(svg, '>rack-3<', 'in short')
  t.match(
    svg,
    `<title>rack-3.example.org, hypervisor
memory 56 of 64 GiB
vg 1 GiB
guests: rack-3.example.org-a, rack-3.example.org-b</title>`,
    'and in full',
  )
  t.same(
    [...svg.matchAll(/rx="2" fill="(#fdf3dc|#f7d4da)"/g)].map(([, fill]) => fill),
    ['#fdf3dc', '#f7d4da'],
  )
  t.match(svgOf({ site: 'x', boxes: boxes.slice(0, 60) }), '<title>memory of ', 'a card for each of a few')
  t.end()
})

t.test('dot: a host without guests has its capacities told, too', async t => {
  const tree = { name: 'x', type: 'site', children: [{ name: 'h', type: 'hypervisor', children: [] }] }
  t.match(dotOf(tree, { site: 'x', boxes: [host('h', 1024)] }), '"h" [label="h (hypervisor)\\nmemory: 4 of 64 GiB')
})

t.test('rsvg-convert draws it', async t => {
  if (skipWithout(t, 'rsvg-convert', 'apt-get install -y --no-install-recommends librsvg2-bin')) return
  for (const picture of [hosts(10), hosts(1000), chassis(1000)]) {
    const { status, stderr } = spawnSync('rsvg-convert', ['-f', 'png'], { input: svgOf(picture) })
    t.same({ status, stderr: `${stderr}` }, { status: 0, stderr: '' })
  }
})

t.test('dot draws it', async t => {
  if (skipWithout(t, 'dot', 'apt-get install -y --no-install-recommends graphviz')) return
  const { compiled } = compileSite('.', components)
  if (compiled === undefined) throw new Error('no site')
  const child = { name: 'a "b" \\ <c>', type: 'guest', children: [] }
  const tree = { name: 'x', type: 'site', children: [{ name: 'h\\', type: 'hypervisor', children: [child] }] }
  const { status, stdout, stderr } = spawnSync('dot', ['-Tsvg'], {
    input: dotOf(tree, pictureOf('x', enclosuresIn(compiled))),
  })
  t.same({ status, stderr: `${stderr}` }, { status: 0, stderr: '' })
  t.match(`${stdout}`, 'a &quot;b&quot; \\ &lt;c&gt;')
})

t.test('dot: many hosts are a square, not a line', async t => {
  if (skipWithout(t, 'dot', 'apt-get install -y --no-install-recommends graphviz')) return
  const children = Array.from({ length: 200 }, (_, index) => ({
    name: `h${index}`,
    type: 'hypervisor',
    children: ['a', 'b'].map(guest => ({ name: `h${index}-${guest}`, type: 'guest', children: [] })),
  }))
  const input = dotOf({ name: 'x', type: 'site', children }, { site: 'x', boxes: [] })
  const { stdout } = spawnSync('dot', ['-Tsvg'], { input })
  const [, width, height] = /<svg width="(\d+)pt" height="(\d+)pt"/.exec(`${stdout}`) ?? []
  t.ok(Number(width) / Number(height) > 0.2 && Number(width) / Number(height) < 5, `${width} ${height}`)
})
