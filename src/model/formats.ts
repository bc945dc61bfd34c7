// The formats that a schema of ours may name beside those of JSON Schema, and how what is expected is said.
import { isDomainName } from './host-name.js'
import { parseIp, parseNetmask, parseSubnet } from './ip.js'
import { isTimezone, parseTimeOfDay } from './maintenance.js'

export const formats = {
  'domain-name': {
    expected: 'a name of letters, digits, hyphens and underscores, with dots between its labels',
    validate: isDomainName,
  },
  ip: { expected: 'an IPv4 or IPv6 address', validate: (text: string) => parseIp(text) !== undefined },
  'ip-subnet': {
    expected: 'an address with the length of its prefix, such as 2001:db8::1/64',
    validate: (text: string) => parseSubnet(text) !== undefined,
  },
  netmask: {
    expected: 'an IPv4 netmask, such as 255.255.255.0',
    validate: (text: string) => parseNetmask(text) !== undefined,
  },
  'time-of-day': {
    expected: 'a time of the day, such as 22:00',
    validate: (text: string) => parseTimeOfDay(text) !== undefined,
  },
  timezone: { expected: 'the name of a time zone, such as Europe/Dublin', validate: isTimezone },
}
