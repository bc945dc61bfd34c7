// What the provisioner says a guest is to boot (src/provision/serve/boot.ts): read as what anybody may have sent. Pure.
import { isMap, type Json, parseJson } from '../model/json.js'

export type Image = { readonly url: URL; readonly sha256: string }

export type Answer =
  | { readonly boot: 'local' }
  | {
      readonly boot: 'install' | 'rescue'
      readonly machine: string
      readonly kernel: Image
      readonly ramdisk: Image | undefined
      readonly cmdline: string
    }

/** Of the body of an answer from a URL. Throws an Error that says what is wrong with it. */
export const parseAnswer = (body: string, from: URL): Answer => {
  const answer = parseJson(body)
  if (!isMap(answer)) throw new Error('the answer is not JSON as the provisioner sends it')
  const { boot, machine, kernel, ramdisk, cmdline } = answer
  if (boot === 'local') return { boot }
  if (boot !== 'install' && boot !== 'rescue') throw new Error('the answer says neither local, install nor rescue')
  if (typeof machine !== 'string' || !/^[A-Za-z0-9._-]+$/.test(machine)) throw new Error('the answer names no machine')
  return {
    ...{ boot, machine, kernel: readImage('kernel', kernel, from), cmdline: readCommandLine(cmdline) },
    ramdisk: ramdisk === undefined ? undefined : readImage('ramdisk', ramdisk, from),
  }
}

const readImage = (name: string, image: Json | undefined, from: URL): Image => {
  const { url, sha256 } = isMap(image) ? image : {}
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`the ${name} has no SHA-256`)
  if (typeof url !== 'string' || !URL.canParse(url, from.href)) throw new Error(`the ${name} has no URL`)
  const at = new URL(url, from)
  const allowed = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:']
  if (!allowed.includes(at.protocol)) throw new Error(`the ${name} is not to be fetched by ${at.protocol}`)
  return { url: at, sha256 }
}

/** xl reads items that end at a NUL, and drops one of 8 KiB with no more than a warning (parse_bootloader_result). */
const readCommandLine = (cmdline: Json | undefined): string => {
  if (typeof cmdline !== 'string' || /\p{Cc}/u.test(cmdline)) throw new Error('the command line is no plain text')
  if (Buffer.byteLength(cmdline) > 4096) throw new Error('the command line is longer than 4096 bytes')
  return cmdline
}
