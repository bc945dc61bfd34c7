// ipmitool against OpenIPMI's simulated controller. Each call takes 10 s there: it knows no question for cipher suites.
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { powerByIpmi } from '../../src/intervene/ipmi.js'
import { skipWithout } from '../oracles/require-tool.js'

/** Keeps whether the machine is on in a file: `chassis MC get|set WHAT [VALUE]`. */
const chassis = `#!/bin/sh
file=$(dirname "$0")/power
case "$2 $3" in
"get power") echo "power:$(cat "$file")" ;;
"set power") echo "$4" > "$file" ;;
*) exit 1 ;;
esac
`

const controller = (directory: string, port: number): string => `name "bmc"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "${directory}/chassis 0x20"
  user 1 true "" "test" user 10 none md2 md5 straight
  user 2 true "power" "secret" admin 10 none md2 md5 straight
`

const emulated = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

t.test('a controller tells whether its machine is on, and switches it on', async t => {
  const remedy = 'apt-get install -y --no-install-recommends ipmitool openipmi'
  if (skipWithout(t, 'ipmitool', remedy) || skipWithout(t, 'ipmi_sim', remedy)) return
  const directory = t.testdir({ chassis, power: '0\n', 'bmc.emu': emulated, password: 'secret\n', state: {} })
  const port = await freePort()
  chmodSync(join(directory, 'chassis'), 0o755)
  writeFileSync(join(directory, 'lan.conf'), controller(directory, port))
  const files = ['-c', join(directory, 'lan.conf'), '-f', join(directory, 'bmc.emu'), '-s', join(directory, 'state')]
  const simulator = spawn('ipmi_sim', ['-n', ...files], { stdio: 'ignore' })
  t.teardown(() => simulator.kill('SIGKILL'))

  const power = powerByIpmi({ fqdn: '127.0.0.1', port, user: 'power' }, join(directory, 'password'))
  t.equal(await power.isOn(), false)
  await power.on()
  t.equal(readFileSync(join(directory, 'power'), 'utf8'), '1\n')
  t.equal(await power.isOn(), true)
})

t.test('a controller that does not answer is told of, and the password is not', async t => {
  if (skipWithout(t, 'ipmitool', 'apt-get install -y --no-install-recommends ipmitool')) return
  const file = join(t.testdir({ password: 'secret\n' }), 'password')
  const refused = powerByIpmi({ fqdn: '127.0.0.1', port: 1, user: 'power' }, file).isOn()
  await t.rejects(refused, { message: /ipmitool .*chassis power status/ })
  await t.rejects(refused, { message: /^(?!.*secret)/s })
})
