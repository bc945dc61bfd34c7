// The provisioner's HTTP server: finds out what is asked for, sends it, tells the log, and ends without breaking off what is
// under way. Who is slow, says too much or does not speak HTTP is cut off by limits.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { bootReply, imageReply } from './boot.js'
import { documentReply } from './documents.js'
import { type Installations, installedReply, kickstartReply } from './installations.js'
import { type Counters, createCounters, metricsReply } from './metrics.js'
import { type Reply, textReply } from './reply.js'
import { type Route, routeOf } from './route.js'
import { send } from './send.js'

export type ServeEvent =
  | {
      readonly event: 'answered'
      readonly address: string
      readonly method: string
      /** Without its query: a token is nobody's to read. */
      readonly path: string
      readonly status: number
      readonly milliseconds: number
      readonly reason: string | undefined
    }
  /** A connection that came to no request. */
  | { readonly event: 'broken'; readonly address: string; readonly reason: string }

export type ServeParts = {
  /** What `compile --out` wrote. */
  readonly documents: string
  /** Where absent, documents alone are served. */
  readonly installations?: Installations
  /** With it HTTPS is spoken and nothing else. */
  readonly tls?: KeyPair
  readonly listen: { readonly host: string; readonly port: number }
  readonly now: () => Date
  readonly log: (event: ServeEvent) => void
  readonly limits?: Partial<Limits>
}

/** PEM. */
export type KeyPair = { readonly key: string; readonly cert: string }

/** Milliseconds. */
export type Limits = {
  /** A client has for the head of its request. */
  readonly head: number
  /** For all of it. */
  readonly request: number
  /** A connection may carry nothing. */
  readonly silence: number
  /** What is under way has when the server is to end. */
  readonly end: number
}

const defaultLimits: Limits = { head: 10_000, request: 30_000, silence: 60_000, end: 10_000 }

export type Serving = {
  readonly url: string
  /** From now on this is shown to who connects. Throws where it is no pair, and shows the one before. */
  readonly renew: (tls: KeyPair) => void
  /** Takes no more requests; returns when the last answer is sent, or its time is over. */
  readonly stop: () => Promise<void>
}

const maxHead = 16_384

/** Listens from now on. Throws what the system says of the address, and what is wrong with key or certificate. */
export const serve = async (parts: ServeParts): Promise<Serving> => {
  const { tls, listen, log } = parts
  const limits = { ...defaultLimits, ...parts.limits }
  const options = optionsOf(limits)
  const counters = createCounters()
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void answerOne({ ...parts, counters }, server, request, response)
  }
  const server: Server =
    tls === undefined
      ? createServer(options, answer)
      : createSecureServer({ ...options, ...tls, handshakeTimeout: limits.head }, answer)
  server.setTimeout(limits.silence)
  server.on('clientError', (error, socket) => refuse(error, socket as Socket, log))
  server.on('connect', ({ socket }: IncomingMessage) => {
    // From here on nobody else looks after it.
    const drop = (): void => void socket.destroy()
    socket.on('error', drop).setTimeout(limits.head, drop).resume()
    turnAway(socket, new Error('CONNECT: this is no proxy'), '405 Method Not Allowed', log)
  })
  server.on('checkExpectation', ({ socket }: IncomingMessage, response: ServerResponse) => {
    log(broken(socket, new Error('Expect: nothing but 100-continue is understood')))
    response.writeHead(417, { connection: 'close' }).end()
  })
  server.listen(listen)
  await once(server, 'listening')
  return {
    url: urlOf(server.address() as AddressInfo, tls !== undefined),
    renew: pair => {
      if (server instanceof SecureServer) server.setSecureContext(pair)
    },
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      const limit = setTimeout(() => server.closeAllConnections(), limits.end)
      await closed
      clearTimeout(limit)
    },
  }
}

const optionsOf = ({ head, request }: Limits): ServerOptions => ({
  headersTimeout: head,
  requestTimeout: request,
  connectionsCheckingInterval: head / 2,
  maxHeaderSize: maxHead,
})

const urlOf = ({ address, family, port }: AddressInfo, isSecure: boolean): string =>
  `${isSecure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`

type Parts = ServeParts & { readonly counters: Counters }

const answerOne = async (
  parts: Parts,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const started = performance.now()
  const { method = '', url = '' } = request
  const address = addressOf(request.socket)
  const routed = routeOf(method, url)
  const reply = routed.ok
    ? await replyTo(parts, routed.route, request, address).catch(error =>
        request.destroyed ? brokenOff : failed(error),
      )
    : routed.reply
  const isSent = await send(request, response, server.listening, reply)
  parts.counters.count(routed.ok ? routed.route.kind : 'other', reply.status)
  parts.log({
    event: 'answered',
    address,
    method,
    path: url.replace(/\?.*$/s, ''),
    status: reply.status,
    milliseconds: performance.now() - started,
    reason: isSent ? reply.reason : 'the client was gone before all of it was sent',
  })
}

const replyTo = async (
  { documents, installations, counters, now }: Parts,
  route: Route,
  request: IncomingMessage,
  address: string,
): Promise<Reply> => {
  if (route.kind === 'metrics')
    return metricsReply(counters, { documents, netboot: installations?.netboot, now: now() })
  if (route.kind === 'document') return documentReply(documents, route.file, request.headers['if-none-match'])
  if (installations === undefined) return textReply(404, 'no machine is installed here: serve --netboot DIR')
  const { netboot } = installations
  if (route.kind === 'boot') return bootReply({ ...route, documents, netboot, now: now() })
  if (route.kind === 'image') return imageReply({ ...route, documents, netboot })
  const call = { documents, machine: route.machine, address, now: now() }
  if (route.kind === 'kickstart') return kickstartReply(installations, { ...call, token: route.token })
  const token = await readLine(request)
  return token === undefined
    ? textReply(413, 'expected a token, and no more', { connection: 'close' })
    : installedReply(installations, { ...call, token })
}

const maxToken = 1024

/** The body, without white space around it; undefined where it is longer than a token is. */
const readLine = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > maxToken) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString().trim()
}

/** Nobody reads it: for the log and the counters. */
const brokenOff = textReply(400, 'the client was gone, or too slow, before its request was whole')

/** What fails here is the server's own affair: its log says what it was. */
const failed = (error: unknown): Reply => ({
  ...textReply(500, 'this cannot be answered now: the log of the server says why'),
  reason: error instanceof Error ? error.message : String(error),
})

/** A request that cannot be read has no answer but this (RFC 9112): its head is too large, too slow, or none. */
const refuse = (error: NodeJS.ErrnoException, socket: Socket, log: ServeParts['log']): void =>
  turnAway(socket, error, refusals[error.code ?? ''] ?? '400 Bad Request', log)

const turnAway = (socket: Socket, error: Error, status: string, log: ServeParts['log']): void => {
  log(broken(socket, error))
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  else socket.destroy()
}

const refusals: { readonly [code: string]: string } = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

const broken = (socket: Socket, { message }: Error): ServeEvent => ({
  event: 'broken',
  address: addressOf(socket),
  reason: message,
})

/** An IPv4 address as such, though it came to a socket of IPv6. */
const addressOf = ({ remoteAddress = 'unknown' }: Socket): string => remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')
