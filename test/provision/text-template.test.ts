import t from 'tap'
import type { ProvisionFault } from '../../src/provision/fault.js'
import { type Rendered, renderText } from '../../src/provision/text-template.js'

const document = {
  name: 'ui',
  system: { function: 'login', disks: ['sda', 'sdb'], nics: { eth0: { ip: '192.0.2.1' } }, mtu: 0 },
}

/** The template `main`, beside other ones. */
const render = (main: string, others: { readonly [name: string]: string } = {}): Rendered => {
  const files: { readonly [name: string]: string } = { main, ...others }
  return renderText({
    name: 'main',
    find: name => {
      const text = files[name]
      return text === undefined ? undefined : { file: `templates/${name}.hbs`, text }
    },
    document,
    extra: { ours: { version: 9 } },
    helpers: { loud: text => text.toUpperCase() },
  })
}

const sound: readonly (readonly [string, string, string])[] = [
  ['a value', '{{name}} {{system.function}} {{system.mtu}}', 'ui login 0'],
  ['what is ours', '{{ours.version}}', '9'],
  ['nothing is escaped', '{{loud "a&b"}}', 'A&B'],
  ['a list', '{{#each system.disks}}{{@index}}={{this}} {{/each}}', '0=sda 1=sdb '],
  ['a map', '{{#each system.nics}}{{@key}} {{ip}} of {{../name}}{{/each}}', 'eth0 192.0.2.1 of ui'],
  ['what there is not, asked for before', '{{#if (has "/system/boot")}}{{system.boot}}{{else}}-{{/if}}', '-'],
  ['what there is, asked for before', '{{#if (has "/system/disks/1")}}{{system.disks.[1]}}{{/if}}', 'sdb'],
  ['a partial', 'a\n{{> inner}}\nb\n', 'a\nlogin\nb\n'],
]
for (const [what, template, text] of sound)
  t.test(what, async t => t.strictSame(render(template, { inner: '{{system.function}}\n' }), { ok: true, text }))

const at = (line: number, column: number, name = 'main') => ({ file: `templates/${name}.hbs`, line, column })
const wrong: readonly (readonly [string, string, ProvisionFault])[] = [
  [
    'an unknown value',
    '\n {{system.serial}}',
    { pointer: '/system/serial', message: 'there is no /system/serial', template: at(2, 4) },
  ],
  [
    'in a condition',
    '{{#if system.serial}}{{/if}}',
    { pointer: '/system/serial', message: 'there is no /system/serial', template: at(1, 7) },
  ],
  [
    'in a loop',
    '{{#each system.serials}}{{/each}}',
    { pointer: '/system/serials', message: 'there is no /system/serials', template: at(1, 9) },
  ],
  [
    'above what is asked for',
    '{{system.boot.kernel}}',
    { pointer: '/system/boot', message: 'there is no /system/boot', template: at(1, 3) },
  ],
  [
    'within a loop',
    '{{#each system.nics}}{{gateway}}{{/each}}',
    { pointer: '/system/nics/eth0/gateway', message: 'there is no /system/nics/eth0/gateway', template: at(1, 24) },
  ],
  [
    'an item that is not there',
    '{{system.disks.[2]}}',
    { pointer: '/system/disks/2', message: 'there is no /system/disks/2', template: at(1, 3) },
  ],
  [
    'what every JavaScript object has',
    '{{system.constructor}}',
    { pointer: '/system/constructor', message: 'there is no /system/constructor', template: at(1, 3) },
  ],
  [
    'a part of a text',
    '{{system.function.length2}}',
    { message: 'length2 is asked of a value that is no map', template: at(1, 3) },
  ],
  ['a part of a number', '{{system.mtu.x}}', { message: 'x is asked of a value that is no map', template: at(1, 3) }],
  [
    'a map as a text',
    '{{system}}',
    { pointer: '/system', message: '/system is no text, and is written as one', template: at(1, 3) },
  ],
  [
    'a list for a helper',
    '{{loud system.disks}}',
    { pointer: '/system/disks', message: '/system/disks is no text, and is written as one', template: at(1, 8) },
  ],
  [
    'in a partial',
    '\n{{> inner}}',
    { pointer: '/system/serial', message: 'there is no /system/serial', template: at(2, 3, 'inner') },
  ],
  ['a helper that is not there', '{{quiet name}}', { message: 'there is no helper quiet', template: at(1, 3) }],
  ['a partial that is not there', '\n{{> outer}}', { message: 'there is no text template outer', template: at(2, 1) }],
  [
    'a circle of partials',
    '{{> circle}}',
    { message: 'these text templates include each other: main -> circle -> main', template: at(1, 1, 'circle') },
  ],
  [
    'a partial whose name is computed',
    '\n{{> (loud "x")}}',
    { message: 'not a Handlebars template: a partial is named as it is', template: at(2, 1) },
  ],
  [
    'no Handlebars',
    'a\nb {{#if name}}\n',
    { message: 'not a Handlebars template: EOF is not expected here', template: at(3, 1) },
  ],
]
for (const [what, template, wanted] of wrong) {
  t.test(what, async t => {
    const rendered = render(template, { inner: '\n{{system.serial}}', circle: '{{> main}}' })
    if (rendered.ok) {
      t.fail(rendered.text)
      return
    }
    const { hint: _, ...fault } = rendered.fault
    t.strictSame(fault, wanted)
  })
}
