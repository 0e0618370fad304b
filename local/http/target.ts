import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.ts';

/**
 * What a request asks for. Only its path and its query mean something.
 *
 * @throws RequestError with the flaw `malformed` for a target that is no path.
 */
export function targetOf({ url = '/' }: IncomingMessage): URL {
  const target = URL.parse(url, 'http://localhost');
  if (target !== null) return target;
  throw new RequestError('malformed', `The target of the request cannot be read: ${JSON.stringify(url)}.`);
}

/** A text as it was before it became part of a path; as it stands when it was not encoded properly. */
export function decodePercent(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
