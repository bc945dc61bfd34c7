// Reads `xl uptime NAME`: how long a domain has run.
import { CommandFailed } from '../../src/model/system.js'

/** Seconds; the last line is `ce    7 1 day,  2:03:04`. Null where xl has only the heading: the domain is being built. */
export const parseUptime = (printed: string): number | null => {
  const line = printed.trimEnd().split('\n').at(-1) ?? ''
  if (line.startsWith('Name ')) return null
  const [, days = '0', hours, minutes, seconds] = /\s\d+\s+(?:(\d+) days?,)?\s*(\d+):(\d+):(\d+)$/.exec(line) ?? []
  if (hours === undefined)
    throw new CommandFailed(['xl', 'uptime'], { reason: `printed a line of no known form: ${line}` })
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
}
