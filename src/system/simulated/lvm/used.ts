// How much of a simulated group is used, and by what.
import { extentSize } from '../devices.js'
import { type Device, type Group, own, type SimulatedState } from '../state.js'

/** LVM keeps the first MiB of a device for itself. */
const metadataSize = 1024 ** 2

/** How many extents a device of so many bytes has. */
export const extentsOf = (device: Device): number => Math.floor((device.size - metadataSize) / extentSize)

export const groupExtents = (state: SimulatedState, group: Group): { readonly all: number; readonly free: number } => {
  const devices = group.devices.map(name => own(state.devices, name)).filter(device => device !== undefined)
  const all = sum(devices.map(extentsOf))
  const volumes = Object.values(group.volumes).filter(({ pool }) => pool === undefined)
  const pools = Object.values(group.pools ?? {}).map(({ extents, metadata }) => extents + metadata)
  return { all, free: all - sum(volumes.map(({ extents }) => extents)) - sum(pools) - (group.spare ?? 0) }
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
