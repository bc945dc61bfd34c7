import fc from 'fast-check'
import t from 'tap'
import { command } from '../../../src/provision/kickstart/command.js'
import { runs } from '../../property-runs.js'
import { splitWords } from './documented.js'

t.test('a command has the options that are set, in their order, and its values behind them', async t => {
  const options = { device: 'eth0', onboot: true, nodns: false, mtu: 9000, gateway: undefined }
  t.equal(command('network', options), 'network --device=eth0 --onboot --mtu=9000')
  t.equal(command('logvol', { vgname: 'system' }, '/'), 'logvol --vgname=system /')
})

t.test('what a shell would read is quoted', async t => {
  const table: readonly (readonly [string, string])[] = [
    ['plain', 'plain'],
    ['$6$salt$hash/.', '$6$salt$hash/.'],
    ['two words', '"two words"'],
    ['say "yes"', '"say \\"yes\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ["it's", '"it\'s"'],
    ['#1', '"#1"'],
    ['', '""'],
  ]
  for (const [text, written] of table) t.equal(command('lang', {}, text), `lang ${written}`)
})

t.test('whatever an option or a value is, it is read back', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter(text => !/\p{Cc}/u.test(text))
  fc.assert(
    fc.property(line, line, (option, value) => {
      const [, ...words] = splitWords(command('user', { gecos: option }, value))
      return words[0] === `--gecos=${option}` && words[1] === value
    }),
    runs(1000),
  )
})
