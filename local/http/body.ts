import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { RequestError } from './request-error.ts';

/** A body of which nothing is kept, because it has more bytes than are taken. */
export class BodyTooLargeError extends RequestError {
  /** Bytes. */
  readonly size: number;

  constructor(size: number, limit: number) {
    super('too-large', `The request's body has ${size} bytes; at most ${limit} are taken.`);
    this.size = size;
  }
}

/**
 * Reads the whole body. One with more than `limit` bytes is refused at once, as soon as it announces or turns out to have
 * more. The rest is read and thrown away, for a client may read the answer only when it has sent everything.
 *
 * @throws BodyTooLargeError
 * @throws RequestError with the flaw `cut-off`
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) {
    request.resume();
    throw new BodyTooLargeError(announced, limit);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    const cutOff = (cause?: Error): void =>
      reject(new RequestError('cut-off', "The connection ended before the request's body did.", { cause }));
    request
      .on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) chunks.push(chunk);
        else {
          chunks.length = 0;
          reject(new BodyTooLargeError(size, limit));
        }
      })
      .once('end', resolve)
      .once('error', cutOff)
      .once('close', () => cutOff());
  });
  return Buffer.concat(chunks);
}

/**
 * Reads a body that holds a JSON object; an empty one is an empty object.
 *
 * @throws BodyTooLargeError
 * @throws RequestError with the flaw `cut-off` or `malformed`
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<JsonObject> {
  return parseJsonBody((await readBody(request, limit)).toString());
}

/**
 * Reads a JSON object that says of itself that it is one: a foreign page could not send it without the browser asking first.
 *
 * @throws BodyTooLargeError
 * @throws RequestError with the flaw `cut-off` or `malformed`
 */
export async function readDeclaredJson(request: IncomingMessage, limit: number): Promise<JsonObject> {
  const type = request.headers['content-type'] ?? '';
  if (/^application\/json\s*(;|$)/i.test(type)) return readJsonBody(request, limit);
  request.resume();
  const came = type === '' ? 'none' : JSON.stringify(type);
  throw new RequestError('malformed', `Expected a body of the type application/json; its type is ${came}.`);
}

/** @throws RequestError with the flaw `malformed`, unless `text` is a JSON object or empty. */
export function parseJsonBody(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text);
  } catch (cause) {
    const message = `The request's body is not JSON: ${(cause as Error).message}`;
    throw new RequestError('malformed', message, { cause });
  }
  if (isObject(value)) return value;
  throw new RequestError('malformed', "The request's body is JSON, but no object.");
}
