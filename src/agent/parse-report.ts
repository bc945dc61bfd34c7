// Reads a report: of an earlier run, whose file may be cut short or of an older agent, or of a host elsewhere. Pure.
import { isList, isMap, type Json, type JsonMap } from '../model/json.js'
import { parseMisplaced } from '../model/misplaced.js'
import type { Report } from './report.js'

/** Undefined where it is none. */
export const parseReport = (report: Json | undefined): Report | undefined => {
  if (!isMap(report)) return undefined
  const misplaced = parseMisplaced(report.misplaced)
  const isReport =
    misplaced !== undefined &&
    hasTexts(report, ['time', 'host']) &&
    typeof report.converged === 'boolean' &&
    isMap(report.document) &&
    isMap(report.versions) &&
    ['waits', 'holds', 'orphans', 'drift', 'ignored'].every(key => isList(report[key])) &&
    isList(report.actions) &&
    report.actions.every(isAction)
  return isReport ? { ...(report as unknown as Report), misplaced } : undefined
}

const isAction = (action: Json): boolean =>
  isMap(action) &&
  hasTexts(action, ['id', 'kind', 'summary', 'status', 'outcome']) &&
  isList(action.reasons) &&
  isList(action.requires) &&
  isList(action.ops)

const hasTexts = (map: JsonMap, keys: readonly string[]): boolean => keys.every(key => typeof map[key] === 'string')
