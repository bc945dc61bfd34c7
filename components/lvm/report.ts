// LVM's reports about what it has (lvmreport(7)), as rows of text.
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'

export type Row = { readonly [column: string]: string }

/** `kind` is what the report calls its rows: `vg`. Sizes are bytes without a unit. */
export const report = async (
  system: System,
  kind: string,
  command: string,
  columns: string,
  ...flags: readonly string[]
): Promise<readonly Row[]> => {
  const argv = [command, ...flags, '--reportformat', 'json', '--units', 'b', '--nosuffix', '-o', columns]
  const parsed: { report: readonly { [kind: string]: readonly Row[] }[] } = JSON.parse(await ask(system, argv))
  return parsed.report.flatMap(part => part[kind] ?? [])
}

export const text = (row: Row, column: string): string => row[column] ?? ''
export const bytes = (row: Row, column: string): number => Number(text(row, column))
