// Sends a reply: packed where that is worth it, a file piece by piece, so that no client costs more memory than another.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type FileBody, type Reply, takesGzip } from './reply.js'

/** Whether all of it was sent, when it is or can be no more. `goesOn`: whether the connection may be used again. */
export const send = async (
  request: IncomingMessage,
  response: ServerResponse,
  goesOn: boolean,
  reply: Reply,
): Promise<boolean> => {
  const { body } = reply
  if (typeof body === 'string' || Buffer.isBuffer(body))
    return sendBytes(request, response, goesOn, reply, Buffer.from(body))
  try {
    return await sendFile(request, response, goesOn, reply, body)
  } finally {
    await body.file.close()
  }
}

/** Smaller ones fit into a packet as they are. */
const worthPacking = 1024

const sendBytes = async (
  request: IncomingMessage,
  response: ServerResponse,
  goesOn: boolean,
  reply: Reply,
  plain: Buffer,
): Promise<boolean> => {
  const isPacked =
    reply.status === 200 && plain.length >= worthPacking && takesGzip(request.headers['accept-encoding']?.toString())
  const bytes = isPacked ? await promisify(gzip)(plain) : plain
  sendHead(response, goesOn, reply, {
    ...(isPacked && { 'content-encoding': 'gzip' }),
    ...(reply.status !== 304 && { 'content-length': bytes.length }),
  })
  if (response.closed) return false
  return new Promise(resolve => {
    // Node says `finish` of what it gives up on, too.
    response.once('finish', () => resolve(!request.socket.destroyed)).once('close', () => resolve(false))
    response.end(request.method === 'HEAD' ? undefined : bytes)
  })
}

const sendFile = async (
  request: IncomingMessage,
  response: ServerResponse,
  goesOn: boolean,
  reply: Reply,
  { file, size }: FileBody,
): Promise<boolean> => {
  sendHead(response, goesOn, reply, { 'content-length': size })
  const bytes =
    request.method === 'HEAD' || size === 0
      ? Readable.from([])
      : file.createReadStream({ start: 0, end: size - 1, autoClose: false })
  // Broken off by the client, or by the disk: what is missing of the length tells the client.
  await pipeline(bytes, response).catch(() => response.destroy())
  return response.writableFinished && !request.socket.destroyed
}

const sendHead = (
  response: ServerResponse,
  goesOn: boolean,
  { status, headers }: Reply,
  more: { readonly [name: string]: string | number },
): void => {
  response.writeHead(status, {
    ...headers,
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
    ...more,
    ...(!goesOn && { connection: 'close' }),
  })
}
