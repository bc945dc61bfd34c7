// ipmitool against OpenIPMI's simulated controller. Each call takes 10 s there: it knows no question for cipher suites.
import { join } from 'node:path'
import t from 'tap'
import { powerByIpmi } from '../../src/intervene/ipmi.js'
import { skipWithoutController, startController } from '../fixtures/ipmi-sim.js'
import { skipWithout } from '../oracles/require-tool.js'

t.test('a controller tells whether its machine is on, and switches it on', async t => {
  if (skipWithoutController(t)) return
  const { controller, passwordFile, isOn } = await startController(t, t.testdir(), false)
  const power = powerByIpmi(controller, passwordFile)
  t.equal(await power.isOn(), false)
  await power.on()
  t.ok(isOn())
  t.equal(await power.isOn(), true)
})

t.test('a controller that does not answer is told of, and the password is not', async t => {
  if (skipWithout(t, 'ipmitool', 'apt-get install -y --no-install-recommends ipmitool')) return
  const file = join(t.testdir({ password: 'secret\n' }), 'password')
  const refused = powerByIpmi({ fqdn: '127.0.0.1', port: 1, user: 'power' }, file).isOn()
  await t.rejects(refused, { message: /ipmitool .*chassis power status/ })
  await t.rejects(refused, { message: /^(?!.*secret)/s })
})
