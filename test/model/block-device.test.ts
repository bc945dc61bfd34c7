import t from 'tap'
import { overlap } from '../../src/model/block-device.js'

t.test('a disk and its partition overlap, and nothing else that only looks so', async t => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['/dev/sda', '/dev/sda', true],
    ['/dev/sda', '/dev/sda3', true],
    ['/dev/sda', '/dev/sdaa', false],
    ['/dev/sda1', '/dev/sda11', false],
    ['/dev/vdb', '/dev/vdb2', true],
    ['/dev/xvdc', '/dev/xvdc1', true],
    ['/dev/nvme0n1', '/dev/nvme0n1p2', true],
    ['/dev/nvme0n1', '/dev/nvme0n12', false],
    ['/dev/mmcblk0', '/dev/mmcblk0p1', true],
    ['/dev/disk/by-id/ata-1', '/dev/disk/by-id/ata-1-part1', true],
    ['/dev/disk/by-id/ata-1', '/dev/disk/by-id/ata-12', false],
    ['/dev/vg/data', '/dev/vg/data1', false],
    ['/dev/mapper/vg--0-ce--data', '/dev/vg-0/ce-data', true],
    ['/dev/mapper/vg0-ce', '/dev/vg0/ce-data', false],
  ]
  for (const [a, b, expected] of cases) {
    t.equal(overlap(a, b), expected, `${a} ${b}`)
    t.equal(overlap(b, a), expected, `${b} ${a}`)
  }
})
