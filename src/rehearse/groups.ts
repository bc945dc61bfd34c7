// What many hosts have in common is told once: texts that differ by nothing but the names of the host and its guest, and by
// addresses, are one. Pure.
import { distinct } from '../model/sorted.js'

/** A text about a host, or a guest of a host. */
export type Told = { readonly host: string; readonly guest?: string; readonly text: string }

export type Group = {
  /** Where all of the group have the same words, those; else with HOST, GUEST, ADDRESS, MAC and UUID in their places. */
  readonly text: string
  readonly hosts: readonly string[]
  readonly guests: readonly string[]
}

/** In the order in which their first members come. */
export const groupTold = (all: readonly Told[]): readonly Group[] => {
  const groups = new Map<string, Told[]>()
  for (const told of all) {
    const form = formOf(told)
    const group = groups.get(form)
    if (group === undefined) groups.set(form, [told])
    else group.push(told)
  }
  return [...groups].map(([form, members]) => ({
    text: members.every(({ text }) => text === members[0]?.text) ? (members[0]?.text ?? form) : form,
    hosts: distinct(members.map(({ host }) => host)),
    guests: distinct(members.flatMap(({ guest }) => guest ?? [])),
  }))
}

const formOf = ({ host, guest, text }: Told): string => {
  const withoutGuest = guest === undefined ? text : replaceName(text, guest, 'GUEST')
  return replaceName(withoutGuest, host, 'HOST')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID')
    .replace(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, 'MAC')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'ADDRESS')
}

const replaceName = (text: string, name: string, instead: string): string => text.replace(nameIn(name), instead)

/** Where it stands as a name, not within another word. */
export const nameIn = (name: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9])`, 'g')
