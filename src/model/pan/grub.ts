// ncm-grub's first kernel as ours: which entry boots, and with which options. The files that it names are those of the
// system that the document was made for: they are left to the distribution's own entries.
import type { Json, JsonMap } from '../json.js'
import { listAt, mapAt, numberAt, textAt } from './lookup.js'

export type PanGrub = { readonly grub: JsonMap; readonly ignored: readonly string[] }

/** `root` is the component's path in the document. */
export const readGrub = (component: Json, root: string): PanGrub => {
  const kernel = mapAt(component, '/kernels/0')
  const args = (textAt(component, '/args') ?? '').split(/\s+/)
  const added = args.filter(word => !word.startsWith('-'))
  const { root: device, ro: _, ...linux } = readOptions([textAt(kernel, '/kernelargs') ?? '', ...added].join(' '))
  const isDevice = typeof device === 'string' && device.startsWith('/dev/')
  const timeout = numberAt(component, '/timeout')
  const isXen = textAt(kernel, '/multiboot') !== undefined
  return {
    grub: {
      ...(textAt(kernel, '/kernelpath') === undefined ? {} : { default: isXen ? 'xen' : 'linux' }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(isDevice ? { root_device: device } : {}),
      xen: { options: readOptions(textAt(kernel, '/mbargs') ?? '') },
      linux: { options: linux },
    },
    ignored: [
      ...(device === undefined || isDevice ? [] : [`${root}/kernels/0/kernelargs: root=${device}`]),
      ...['kernelpath', 'initrd', 'multiboot', 'title']
        .filter(key => key in kernel)
        .map(key => `${root}/kernels/0/${key}`),
      ...listAt(component, '/kernels').flatMap((_, index) => (index === 0 ? [] : [`${root}/kernels/${index}`])),
      ...Object.keys(mapAt(component, ''))
        .filter(key => !['timeout', 'kernels', 'args', 'active', 'dispatch'].includes(key))
        .map(key => `${root}/${key}`),
      // What ncm-grub would take off an entry again.
      ...args.filter(word => word.startsWith('-')).map(word => `${root}/args: ${word}`),
    ],
  }
}

/** `dom0_mem=400M quiet console=a console=b` -> `{dom0_mem: '400M', quiet: true, console: ['a', 'b']}` */
const readOptions = (line: string): JsonMap => {
  const options = new Map<string, Json>()
  for (const word of line.split(/\s+/).filter(part => part !== '')) {
    const [name = '', ...rest] = word.split('=')
    const value = rest.length === 0 ? true : rest.join('=')
    const before = options.get(name)
    options.set(name, before === undefined || value === true ? value : [before, value].flat())
  }
  return Object.fromEntries(options)
}
