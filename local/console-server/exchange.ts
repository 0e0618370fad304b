import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request on its way through the server. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** What each method does. */
export type Methods = Readonly<Record<string, () => void>>;

/** Runs what the method asks for; any other method is answered 405 with those that are served. */
export function dispatch({ request, response }: Exchange, methods: Methods): void {
  const run = new Map(Object.entries(methods)).get(request.method ?? '');
  if (run !== undefined) {
    run();
    return;
  }
  const allowed = Object.keys(methods).join(', ');
  response.setHeader('Allow', allowed);
  sendJson(response, 405, { message: `${request.method ?? ''} is not served here; ${allowed} is.` });
}

export function sendFound(response: ServerResponse, found: object | undefined, what: string): void {
  if (found !== undefined) sendJson(response, 200, found);
  else sendJson(response, 404, { message: `There is no ${what}.` });
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  response.setHeader('Cache-Control', 'no-store');
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}
