/** What every operation of the local Lambda API does with a request before it is looked at. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LambdaApiError, toApiError } from './lambda-api-error.ts';

export interface FunctionReference {
  readonly name: string;
  /** A version or alias; undefined where none is named. */
  readonly qualifier?: string;
}

/** A name, `account:function:name`, or an ARN, each with a version or alias where there is one. */
export function functionReference(encoded: string): FunctionReference {
  const [name = '', qualifier] = decoded(encoded)
    .replace(/^.*:function:/, '')
    .split(':');
  return { name, ...(qualifier !== undefined && { qualifier }) };
}

/**
 * Pages in a browser can be made to post anywhere, but never without `Origin` or with a `Host` of their choice.
 *
 * @throws LambdaApiError for a request that such a page could have sent.
 */
export function checkSender({ headers }: IncomingMessage): void {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(headers.host ?? '');
  if (local && headers.origin === undefined) return;
  const message =
    "Lantern's Lambda API takes calls of programs on this machine only: Host must be local, Origin absent.";
  throw new LambdaApiError(403, 'AccessDeniedException', message);
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Answers as the Lambda API does when an operation fails. */
export function sendError(response: ServerResponse, error: unknown): void {
  const { status, type, message } = toApiError(error);
  response.writeHead(status, { 'Content-Type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message }));
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
