// The machines that compilers are compared on, the same ones in every language: Xen hosts of four models with guests of
// four flavours. Nothing is random: everything is arithmetic on a machine's number.

/** Names are fully qualified, and so are those of their profiles; the host name is the first label. */
export type Guest = { readonly name: string; readonly flavour: Flavour; readonly role: string } & OneNic

type OneNic = { readonly mac: string; readonly ip: string }

export type Host = {
  readonly name: string
  readonly model: Model
  readonly serial: string
  readonly location: string
  /** By number: eth0 is the first. */
  readonly macs: readonly string[]
  readonly ip: string
  readonly guests: readonly Guest[]
}

export type Model = { readonly name: string; readonly cores: number; readonly nics: number } & Sizes

export type Flavour = { readonly name: string; readonly vcpus: number } & Sizes

/** In MiB. */
type Sizes = { readonly ram: number; readonly disk: number }

export const models: readonly Model[] = [
  { name: 'dell_r640', cores: 32, ram: 196608, disk: 1920000, nics: 4 },
  { name: 'dell_r730', cores: 24, ram: 131072, disk: 3840000, nics: 4 },
  { name: 'hp_dl380', cores: 28, ram: 262144, disk: 1920000, nics: 2 },
  { name: 'supermicro_x11', cores: 16, ram: 131072, disk: 960000, nics: 2 },
]

export const flavours: readonly Flavour[] = [
  { name: 'small', vcpus: 1, ram: 2048, disk: 20480 },
  { name: 'medium', vcpus: 2, ram: 4096, disk: 40960 },
  { name: 'large', vcpus: 4, ram: 8192, disk: 81920 },
  { name: 'xlarge', vcpus: 8, ram: 16384, disk: 163840 },
]

export const roles: readonly string[] = ['web', 'db', 'mail', 'build']

export const domain = 'example.org'

/** The host of a number, with its guests. */
export const hostOf = (number: number, guestCount: number): Host => {
  const model = nth(models, number)
  return {
    name: `host${digits(number, 5)}.${domain}`,
    model,
    serial: `SN${digits(number * 13 + 1, 7)}`,
    location: `rack${digits(Math.floor(number / 40), 3)}, enc${digits(Math.floor(number / 16), 4)}, slot ${number % 16}`,
    macs: Array.from({ length: model.nics }, (_, nic) => macAddress('ac:1f:6b', number * 8 + nic)),
    ip: ipAddress(8, number),
    guests: Array.from({ length: guestCount }, (_, guest) => guestOf(number, guest, guestCount)),
  }
}

const guestOf = (host: number, index: number, guestCount: number): Guest => {
  const number = host * guestCount + index
  return {
    name: `vm${digits(number, 6)}.${domain}`,
    flavour: nth(flavours, host * 7 + index * 3),
    role: nth(roles, number),
    mac: macAddress('00:16:3e', number),
    ip: ipAddress(64, number),
  }
}

const digits = (number: number, count: number): string => String(number).padStart(count, '0')

const macAddress = (maker: string, number: number): string =>
  [maker, ...[16, 8, 0].map(bits => ((number >> bits) & 255).toString(16).padStart(2, '0'))].join(':')

const ipAddress = (net: number, number: number): string =>
  `10.${net + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`

/** The list over and over. */
const nth = <Item>(list: readonly Item[], number: number): Item => {
  const item = list[number % list.length]
  if (item === undefined) throw new Error('an empty list has no items')
  return item
}
