// Asks the provisioner by the guest's MAC what it is to boot, and tells xl so; or hands over to the bootloader of the
// guest's own disk.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { get, HttpFailed, shownUrl } from '../system/http.js'
import { type Answer, parseAnswer } from './answer.js'
import type { Arguments } from './arguments.js'
import { type Fetching, provideImage } from './image-cache.js'

/** Milliseconds for what is to be fetched: xl create itself has 300 s from the agent. */
const imageLimit = 240_000

/** Bytes of an answer. */
const maxAnswer = 65_536

export type Say = (line: string) => void

/** The exit code, when what is to be booted is in place. Throws where it cannot be had. */
export const boot = async (args: Arguments, say: Say): Promise<number> => {
  const answer = await ask(args).catch((error: Error) => {
    if (args.unanswered === 'fail') throw error
    say(`${error.message}: ${args.mac} boots its own disk`)
    return { boot: 'local' } as const
  })
  if (answer.boot === 'local') return handOver(args)
  await tellXl(args, answer, say)
  return 0
}

/** Asks until there is an answer, or the time is over: at the start of a host its network comes after its guests. */
const ask = async ({ mac, provisioner, ca, within }: Arguments): Promise<Answer> => {
  const url = new URL(`${provisioner.href.replace(/\/$/, '')}/boot/${mac.replaceAll(':', '-')}`)
  const deadline = AbortSignal.timeout(within)
  for (;;) {
    const options = { maxSize: maxAnswer, fresh: true, limits: { total: within }, signal: deadline, ...(ca && { ca }) }
    const answer = await get(url, options).catch(async (error: Error) => {
      if (deadline.aborted) throw new Error(`${shownUrl(url)}: no answer within ${within / 1000} s`)
      if (!isPassing(error)) throw error
      await sleep(500, undefined, { signal: deadline }).catch(() => {
        throw error
      })
    })
    if (answer?.kind === 'body') return readAnswer(answer.body, url)
  }
}

/** Whether it may be otherwise in a moment: nobody could be reached, or has a failure of his own. */
const isPassing = (error: Error): boolean =>
  error instanceof HttpFailed && (error.cause !== undefined || (error.status ?? 0) >= 500)

const readAnswer = (body: Buffer, url: URL): Answer => {
  try {
    return parseAnswer(body.toString(), url)
  } catch (error) {
    throw new Error(`${shownUrl(url)}: ${(error as Error).message}`)
  }
}

/** xl reads what is written only when this has ended: whatever fails before, fails the start of the guest. */
const tellXl = async (args: Arguments, answer: Exclude<Answer, { boot: 'local' }>, say: Say): Promise<void> => {
  const { cache, ca, outputDirectory, extra } = args
  const fetching: Fetching = { cache, ca, signal: AbortSignal.timeout(imageLimit) }
  const provide = async (name: 'kernel' | 'ramdisk'): Promise<string | undefined> => {
    const image = answer[name]
    if (image === undefined) return undefined
    const target = join(outputDirectory, name)
    const how = await provideImage(image, target, fetching).catch((error: Error) => {
      const isLate = fetching.signal.aborted
      throw isLate ? new Error(`${shownUrl(image.url)}: not whole within ${imageLimit / 1000} s`) : error
    })
    say(`${answer.machine} boots ${answer.boot}: ${name} ${how}`)
    return target
  }
  const [kernel, ramdisk] = [await provide('kernel'), await provide('ramdisk')]
  const cmdline = [answer.cmdline, extra].filter(part => part !== '').join(' ')
  const items = [`kernel ${kernel}`, ...(ramdisk === undefined ? [] : [`ramdisk ${ramdisk}`]), `args ${cmdline}`]
  await writeFile(args.output, items.map(item => `${item}\0`).join(''))
}

/** On the same console, with the same arguments but ours; xl's SIGTERM is for both. */
const handOver = async ({ local, passed }: Arguments): Promise<number> => {
  // Listened to before there is a child: it is never left behind alone.
  const pass = (signal: NodeJS.Signals): boolean => child.kill(signal)
  process.on('SIGTERM', pass).on('SIGINT', pass)
  const child = spawn(local, passed, { stdio: 'inherit' })
  const exit = once(child, 'exit').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such program' : error.message
    throw new Error(`--local=${local}: ${why}; install it, or name another`, { cause: error })
  })
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}
