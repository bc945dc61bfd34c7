// LVM's report of all that it has, from one command (lvmreport(7), fullreport), as rows of text: whoever observes anything
// of LVM asks for all of it, so that a look at the host asks once (ask-once.ts).
import { byCodeUnit } from '../model/json.js'
import type { System } from '../model/system.js'
import { ask } from './ask.js'

export type Row = { readonly [column: string]: string }

/** Of volume groups, physical volumes, logical volumes and the segments of these. */
export type LVMReport = {
  readonly vg: readonly Row[]
  readonly pv: readonly Row[]
  readonly lv: readonly Row[]
  readonly seg: readonly Row[]
}

/** What a report may not have, it refuses: the size of chunks is of segments. Of none all columns would be shown. */
const columns = {
  vg: 'vg_name,vg_uuid,vg_size,vg_free,vg_extent_size',
  pv: 'pv_name,pv_uuid,vg_name,pv_size',
  lv: 'vg_name,lv_name,lv_uuid,lv_size,lv_attr,lv_tags,lv_layout,pool_lv,lv_metadata_size,data_percent,metadata_percent',
  pvseg: 'pvseg_start',
  seg: 'vg_name,lv_name,chunk_size',
} as const

/** Sizes are bytes without a unit. `--all`: the spare of pools is hidden. */
export const reportCommand: readonly string[] = [
  ...['lvm', 'fullreport', '--all', '--reportformat', 'json', '--units', 'b', '--nosuffix'],
  ...Object.entries(columns).flatMap(([kind, names]) => ['--configreport', kind, '-o', names]),
]

/** LVM reports group by group, in no order that it promises. */
export const observeReport = async (system: System): Promise<LVMReport> => {
  const parsed: { report: readonly Partial<LVMReport>[] } = JSON.parse(await ask(system, reportCommand))
  const parts = parsed.report.toSorted((a, b) => byCodeUnit(groupOf(a), groupOf(b)))
  const rowsOf = (kind: keyof LVMReport): readonly Row[] => parts.flatMap(part => part[kind] ?? [])
  return { vg: rowsOf('vg'), pv: rowsOf('pv'), lv: rowsOf('lv'), seg: rowsOf('seg') }
}

/** Empty for the physical volumes of no group. */
const groupOf = ({ vg: [group = {}] = [] }: Partial<LVMReport>): string => text(group, 'vg_name')

export const text = (row: Row, column: string): string => row[column] ?? ''
export const bytes = (row: Row, column: string): number => Number(text(row, column))
