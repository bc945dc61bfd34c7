// Disks, their partitions and volumes, told apart by the names of their device files alone.

const partitionNames = [
  /^(\/dev\/(?:[hsv]d|xvd)[a-z]+)[0-9]+$/,
  /^(\/dev\/(?:nvme[0-9]+n|mmcblk|md|loop)[0-9]+)p[0-9]+$/,
  /^(\/dev\/disk\/by-[^/]+\/.+)-part[0-9]+$/,
]

/** `/dev/sda3` -> `/dev/sda`, `/dev/disk/by-id/ata-1-part2` -> `/dev/disk/by-id/ata-1`; undefined for a whole disk. */
export const diskOf = (partition: string): string | undefined =>
  partitionNames.map(pattern => pattern.exec(partition)?.[1]).find(disk => disk !== undefined)

/**
 * /dev/mapper/vg0-ce--data and /dev/vg0/ce-data are the same volume: device-mapper's names double the hyphens within
 * a name and join the two with a single one (lvm(8)).
 */
export const volumeName = (path: string): string => {
  const [, group, volume] = /^\/dev\/mapper\/((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(path) ?? []
  if (group === undefined || volume === undefined) return path
  return `/dev/${group.replaceAll('--', '-')}/${volume.replaceAll('--', '-')}`
}

/** Whether two device files are the same, or one is a partition of the other. */
export const overlap = (one: string, other: string): boolean => {
  const [a, b] = [volumeName(one), volumeName(other)]
  return a === b || diskOf(a) === b || a === diskOf(b)
}
