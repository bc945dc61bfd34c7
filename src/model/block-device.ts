// Disks and their partitions, told apart by the names of their device files alone.

const partitionNames = [
  /^(\/dev\/(?:[hsv]d|xvd)[a-z]+)[0-9]+$/,
  /^(\/dev\/(?:nvme[0-9]+n|mmcblk|md|loop)[0-9]+)p[0-9]+$/,
  /^(\/dev\/disk\/by-[^/]+\/.+)-part[0-9]+$/,
]

/** `/dev/sda3` -> `/dev/sda`, `/dev/disk/by-id/ata-1-part2` -> `/dev/disk/by-id/ata-1`; undefined for a whole disk. */
const diskOf = (partition: string): string | undefined =>
  partitionNames.map(pattern => pattern.exec(partition)?.[1]).find(disk => disk !== undefined)

/** Whether two device files are the same, or one is a partition of the other. */
export const overlap = (a: string, b: string): boolean => a === b || diskOf(a) === b || a === diskOf(b)
