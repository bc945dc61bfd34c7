// `serve`: the provisioner, which gives machines over HTTP(S) what they are installed and kept by. Runs until SIGTERM.
import { createSecureContext } from 'node:tls'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { collectProblems } from '../../compiler/problems.js'
import { openNearestSite } from '../../compiler/site/site.js'
import { isError } from '../../model/diagnostic.js'
import type { Installations } from '../../provision/serve/installations.js'
import type { KeyPair, ServeEvent, ServeParts, Serving } from '../../provision/serve/server.js'
import type { FindTextTemplate } from '../../provision/text-template-files.js'
import { say } from '../agent/tell.js'
import { createVoice } from '../agent/voice.js'
import { openedSite } from '../compiled.js'
import { namedDirectory, readNamedFile } from '../named-file.js'
import { printable } from '../printable.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type ServeOptions = SiteOptions & {
  readonly documents: string
  readonly netboot?: string
  readonly listen: ServeParts['listen']
  readonly tlsKey?: PemFile
  readonly tlsCert?: PemFile
}

export const serveCommand = (): Command =>
  siteCommand('serve', 'the provisioner: documents and kickstart files over HTTP or HTTPS, until SIGTERM')
    .requiredOption('--documents <dir>', 'what compile --out wrote', namedDirectory('compile the site into it'))
    .option(
      '--netboot <dir>',
      "the root of the TFTP server: serve kickstart files, by the site's templates, to who is installed by its entries",
      namedDirectory('xenclosure netboot writes into it'),
    )
    .addOption(
      new Option('--listen <address:port>', 'where it is to be reached')
        .argParser(listenOf)
        .default(listenOf('[::]:8080'), '[::]:8080, all addresses'),
    )
    .option('--tls-key <file>', 'speak HTTPS with this private key (PEM)', pemFile)
    .option(
      '--tls-cert <file>',
      'and this certificate (PEM), with those that vouch for it; read again at SIGHUP',
      pemFile,
    )
    .action(serveUntilStopped)

/** `[::1]:8080`, `192.0.2.20:80`. */
function listenOf(text: string): ServeParts['listen'] {
  const [, six, four = '', port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError('expected an address and a port: 192.0.2.20:80, [::]:8080')
  return { host: six ?? four, port: Number(port) }
}

/** What stands in a file at the moment; at first it has to be there. */
type PemFile = () => string

function pemFile(path: string): PemFile {
  const read = (): string => readNamedFile(path, 'name a file in PEM')
  read()
  return read
}

const serveUntilStopped = async (options: ServeOptions, command: Command): Promise<void> => {
  const { documents, listen, netboot, json } = options
  const pair = tlsOf(options, command)
  if (netboot !== undefined && openedSite(options) === undefined) return
  const installations = netboot === undefined ? undefined : installationsOf(options, netboot)
  const told = toldToStop()
  // Node's own servers are loaded by those who need them.
  const { serve } = await import('../../provision/serve/server.js')
  const serving = await serve({
    ...{ documents, listen, now: () => new Date(), log: event => tell(event, json) },
    ...(pair && { tls: pair() }),
    ...(installations && { installations }),
  })
  // By itself, it would end the process; and systemd may send it as soon as that is ready.
  process.on('SIGHUP', () => renew(serving, pair, json))
  const voice = createVoice(json)
  voice.notify('READY=1')
  say('info', `${serving.url}: ready`, json)
  const signal = await told
  voice.notify('STOPPING=1')
  say('info', `${signal}: what is under way ends first`, json)
  await serving.stop()
  await voice.spoken()
}

const installationsOf = ({ site }: SiteOptions, netboot: string): Installations => ({
  netboot,
  templates: () => templatesOf(site),
})

/** Of the site as it is now: a checkout that was updated counts from then on. */
const templatesOf = (dir: string): FindTextTemplate => {
  const problems = collectProblems()
  const site = openNearestSite(dir, problems)
  const errors = problems.list().filter(isError)
  if (site !== undefined && errors.length === 0) return site.textTemplate
  throw new Error(errors.map(({ message }) => message).join('; '))
}

/** Both or none, and they fit each other. */
const tlsOf = ({ tlsKey, tlsCert }: ServeOptions, command: Command): (() => KeyPair) | undefined => {
  if (tlsKey === undefined && tlsCert === undefined) return undefined
  if (tlsKey === undefined || tlsCert === undefined)
    return command.error('error: --tls-key and --tls-cert need each other', { exitCode: 2 })
  const pair = (): KeyPair => ({ key: tlsKey(), cert: tlsCert() })
  try {
    createSecureContext(pair())
    return pair
  } catch (error) {
    return command.error(`error: --tls-key and --tls-cert are no pair: ${(error as Error).message}`, { exitCode: 2 })
  }
}

/** A certificate is replaced before it runs out; what is under way, and who is connected, keeps the one before. */
const renew = (serving: Serving, pair: (() => KeyPair) | undefined, json: boolean): void => {
  if (pair === undefined) {
    say('info', 'SIGHUP: there is no certificate to read again', json)
    return
  }
  try {
    serving.renew(pair())
    say('info', 'SIGHUP: key and certificate are read again', json)
  } catch (error) {
    say('error', `SIGHUP: key and certificate stay as they were: ${(error as Error).message}`, json)
  }
}

const toldToStop = (): Promise<string> =>
  new Promise(resolve => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve)
  })

const columns = 300

const tell = (event: ServeEvent, json: boolean): void => {
  if (event.event === 'broken') {
    say('warning', `${event.address}: no request: ${printable(event.reason, columns)}`, json)
    return
  }
  const { address, method, path, status, milliseconds, reason } = event
  const why = reason === undefined ? '' : `: ${printable(reason, columns)}`
  say(
    severityOf(status),
    `${address} ${method} ${printable(path, columns)} ${status} ${Math.round(milliseconds)} ms${why}`,
    json,
  )
}

const severityOf = (status: number): 'error' | 'warning' | 'info' => {
  if (status >= 500) return 'error'
  return status >= 400 ? 'warning' : 'info'
}
