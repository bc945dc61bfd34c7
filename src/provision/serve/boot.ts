// What a machine boots, for who cannot speak TFTP: the bootloader of a Xen guest (src/netboot) asks it by the card's MAC.
// It is what the machine's entry on the TFTP server says, and who may read that may read this.
import type { Document } from '../../model/document.js'
import { whyNotAt } from '../../model/reinstallation.js'
import { entryPaths, type Kernel, kernelOf, pathsOfCard } from '../netboot/entry.js'
import { machinesOfCard, recordedEntry } from '../netboot/record.js'
import { readDocument } from './documents.js'
import { openImage } from './images.js'
import { type Reply, textReply } from './reply.js'
import type { Image } from './route.js'

export type BootCall = {
  readonly documents: string
  /** The root of the TFTP server. */
  readonly netboot: string
  /** With `-`, in lower case. */
  readonly mac: string
  readonly now: Date
}

/** `{"boot": "local"}`, or what to boot, with its digests; where it is, relative to what was asked. */
export const bootReply = async (call: BootCall): Promise<Reply> => {
  const document = await machineOf(call)
  const entry = document && recordedEntry(document, call.netboot)
  const kernel = document && entry && kernelOf(document, entry)
  if (document === undefined || kernel === undefined || entry === undefined) return jsonReply({ boot: 'local' })
  const whyNot = entry.installation && whyNotAt(entry.installation, call.now)
  if (whyNot !== undefined)
    return {
      ...jsonReply({ boot: 'local' }),
      reason: `${document.name} boots its own disk: its installation ${whyNot}`,
    }
  const image = async (name: Image, path: string) => ({
    url: `${call.mac}/${entry.state}/${name}`,
    sha256: await digestOf(call.netboot, path),
  })
  return jsonReply({
    boot: entry.state,
    machine: document.name,
    kernel: await image('kernel', kernel.kernel),
    ...(kernel.initrd !== undefined && { ramdisk: await image('initrd', kernel.initrd) }),
    cmdline: kernel.cmdline ?? '',
  })
}

export type ImageCall = Omit<BootCall, 'now'> & { readonly state: 'install' | 'rescue'; readonly image: Image }

/** The bytes of what a machine declares for a state, whichever it is in. */
export const imageReply = async (call: ImageCall): Promise<Reply> => {
  const document = await machineOf(call)
  const path = document && pathOf(kernelOf(document, { state: call.state, installation: undefined }), call.image)
  if (path === undefined) return textReply(404, `no machine with this card declares ${call.image} for ${call.state}`)
  const { file, size } = await openImage(call.netboot, path)
  return {
    status: 200,
    body: { file, size },
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache' },
  }
}

const pathOf = (kernel: Kernel | undefined, image: Image): string | undefined => kernel?.[image]

/** The machine that an entry of the card is for, and that has the card itself. */
const machineOf = async ({ documents, netboot, mac }: Omit<BootCall, 'now'>): Promise<Document | undefined> => {
  for (const machine of machinesOfCard(mac, netboot)) {
    const document = await readDocument(documents, machine)
    if (document !== undefined && entryPaths(document).some(path => pathsOfCard(mac).includes(path))) return document
  }
  return undefined
}

const digestOf = async (root: string, path: string): Promise<string> => {
  const image = await openImage(root, path)
  try {
    return await image.sha256()
  } finally {
    await image.file.close()
  }
}

const jsonReply = (answer: object): Reply => ({
  status: 200,
  body: `${JSON.stringify(answer)}\n`,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
})
