// The bootloader by which a guest boots over the network (src/netboot): xl tells a bootloader nothing of the guest's cards,
// so its arguments say whom it asks, and by which MAC.
import type { MachineView } from '../../../src/model/component.js'
import { isList, isMap, type Json } from '../../../src/model/json.js'
import { byNic } from '../domain.js'
import { type Finding, fromChild } from './finding.js'

/** By its name, or a path of it. */
export const isNetboot = (bootloader: Json | undefined): boolean =>
  typeof bootloader === 'string' && /(^|\/)xenclosure-netboot$/.test(bootloader)

/** `bootloader_args` of a guest: the card that it boots by, the provisioner and who vouches for it, then `more` of its site. */
export const netbootArguments = (child: MachineView, more: Json | undefined): Finding => {
  const nics = child.get('/hardware/cards/nic')
  const card = Object.entries(isMap(nics) ? nics : {})
    .sort(([a], [b]) => byNic(a, b))
    .find(([, card]) => isMap(card) && card.boot === true && card.hwaddr !== undefined)
  if (card === undefined) return missing('no card with a MAC has boot: true', '/hardware/cards/nic')
  const provisioner = child.get('/system/kickstart/provisioner')
  const { url, ca } = isMap(provisioner) ? provisioner : {}
  if (url === undefined) return missing('no provisioner', '/system/kickstart/provisioner')
  const [nic, { hwaddr }] = card as [string, { hwaddr: Json }]
  return {
    path: ['options', 'bootloader_args'],
    value: [
      `--mac=${hwaddr}`,
      `--provisioner=${url}`,
      ...(ca === undefined ? [] : [`--ca=${inOneLine(String(ca))}`]),
      ...(isList(more) ? more : []),
    ],
    from: fromChild(`/hardware/cards/nic/${nic}/hwaddr`),
  }
}

/** A config's strings have no line ends: what is between the first and the last line of PEM. */
const inOneLine = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\n/g, '')

const missing = (message: string, pointer: string): Finding => ({
  message: `${message}, and it boots by xenclosure-netboot`,
  hint: 'set it there, or another bootloader in its /system/boot or by XEN_BOOTLOADER in the host',
  pointer,
  from: [fromChild(pointer)],
  unless: [
    ['options', 'bootloader_args'],
    ['options', 'bootloader'],
    ['options', 'kernel'],
  ],
})
