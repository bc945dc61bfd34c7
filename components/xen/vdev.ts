// The devices that a guest sees: xvda, hda and sda are one disk to it (xen-vbd-interface(7): kind, disk, partition).

/**
 * Whether a guest can have only one of two devices. Linux calls its first disk xvda, whatever the kind, and leaves the
 * second one of that number out (seen with PVH: "vbd-2048: 16 xlvbd_add"). A disk is given whole or in partitions.
 */
export const isSameDevice = (a: string, b: string): boolean => {
  const [first, second] = [parseVdev(a), parseVdev(b)]
  if (first.disk !== second.disk) return false
  return first.partition === second.partition || first.partition === '' || second.partition === ''
}

/** `xvdb1` -> disk `b`, partition `1`; a whole disk has the partition ''. */
const parseVdev = (vdev: string): { readonly disk: string; readonly partition: string } => {
  const [, disk = vdev, partition = ''] = /^(?:xvd|hd|sd)([a-z]+)([0-9]*)$/.exec(vdev) ?? []
  return { disk, partition }
}
