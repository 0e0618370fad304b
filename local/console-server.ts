import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { CloudWatchView } from './cloudwatch/view.ts';
import { close, listen } from './http/loopback.ts';
import { foreignHost, foreignPage } from './http/request-guard.ts';
import { readStaticFile } from './http/static-files.ts';
import type { ServiceInfo, TraceListing } from './xray/trace.ts';
import { TraceEvents } from './xray/trace-events.ts';
import type { TraceStore } from './xray/trace-store.ts';

export interface ConsoleServerOptions {
  readonly store: TraceStore;
  /** Alarms and metrics. */
  readonly cloudWatch?: CloudWatchView;
  /** 0 takes any free one. @default 3001 */
  readonly port?: number;
  /** Where the built page lies, with its index.html. */
  readonly staticDirectory: string;
  readonly serviceInfo: ServiceInfo;
  /** How a user chooses another port; stands in the error when this one is taken. */
  readonly howToChoosePort?: string;
}

const DEFAULT_LIST_LIMIT = 200;

/** The page shows what anyone may have sent: nothing but its own files may run or be loaded. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const NOT_BUILT =
  'The page has not been built yet. Run `npx vite build` in the folder of Lambda Lantern, then load this page again.\n';

/** One request on its way through the server. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** Serves the page and its API (see trace.ts) to this machine only. */
export class ConsoleServer {
  readonly #options: ConsoleServerOptions;
  #server: Server | undefined;
  #events: TraceEvents | undefined;

  constructor(options: ConsoleServerOptions) {
    this.#options = options;
  }

  /** @throws Error that names the port, when it is taken. */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { port: wanted = 3001, howToChoosePort, store } = this.#options;
    const howToChoose = howToChoosePort ?? 'the option `port`, where 0 takes any free one';
    const events = new TraceEvents(store);
    const server = createServer((request, response) => {
      this.#serve(request, response, port, events).catch((error: unknown) => {
        fail(response, error);
      });
    });
    let port = wanted;
    try {
      port = await listen(server, { port: wanted, purpose: 'the console', howToChoose });
    } catch (error) {
      events.close();
      throw error;
    }
    this.#server = server;
    this.#events = events;
    return { url: `http://localhost:${port}`, port };
  }

  /** Ends open event streams and frees the port. Starting again is allowed. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#events?.close();
    this.#events = undefined;
    this.#server = undefined;
    if (server !== undefined) await close(server);
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    port: number,
    events: TraceEvents,
  ): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    const isApi = url?.pathname.startsWith('/api/') === true;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const refusal = foreignHost(request, port) ?? (isApi || !isRead ? foreignPage(request, port) : undefined);
    if (refusal !== undefined) {
      sendText(response, 403, `${refusal}\n`);
      return;
    }
    if (url === null) {
      sendText(response, 400, 'The path of the request cannot be read.\n');
      return;
    }
    const exchange: Exchange = { request, response, url };
    if (isApi) this.#serveApi(exchange, events);
    else await this.#servePage(exchange);
  }

  #serveApi(exchange: Exchange, events: TraceEvents): void {
    const { response, url } = exchange;
    const { store, serviceInfo } = this.#options;
    const traceId = /^\/api\/traces\/([^/]+)$/.exec(url.pathname)?.[1];
    if (url.pathname === '/api/service') {
      dispatch(exchange, { GET: () => sendJson(response, 200, serviceInfo) });
    } else if (url.pathname === '/api/traces') {
      dispatch(exchange, {
        GET: () => {
          const listing: TraceListing = { traces: store.list(limitOf(url)), losses: store.losses() };
          sendJson(response, 200, listing);
        },
        DELETE: () => {
          store.clear();
          response.writeHead(204).end();
        },
      });
    } else if (url.pathname === '/api/events') {
      dispatch(exchange, { GET: () => events.connect(response) });
    } else if (traceId !== undefined) {
      dispatch(exchange, { GET: () => sendFound(response, store.page(traceId), `trace ${traceId}`) });
    } else {
      sendFound(response, undefined, url.pathname);
    }
  }

  async #servePage({ request, response, url }: Exchange): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Files are read with GET.\n');
      return;
    }
    const isRoute = url.pathname === '/' || url.pathname.startsWith('/traces/');
    const file = await readStaticFile(this.#options.staticDirectory, isRoute ? '/index.html' : url.pathname);
    if (file !== undefined) response.writeHead(200, file.headers).end(file.body);
    else if (isRoute) sendText(response, 503, NOT_BUILT);
    else sendText(response, 404, `There is no ${url.pathname}.\n`);
  }
}

function dispatch({ request, response }: Exchange, methods: Readonly<Record<string, () => void>>): void {
  const run = new Map(Object.entries(methods)).get(request.method ?? '');
  if (run !== undefined) {
    run();
    return;
  }
  const allowed = Object.keys(methods).join(', ');
  response.setHeader('Allow', allowed);
  sendJson(response, 405, { message: `${request.method ?? ''} is not served here; ${allowed} is.` });
}

function limitOf(url: URL): number {
  const limit = url.searchParams.get('limit') ?? '';
  return /^[1-9]\d{0,5}$/.test(limit) ? Number(limit) : DEFAULT_LIST_LIMIT;
}

function sendFound(response: ServerResponse, found: object | undefined, what: string): void {
  if (found !== undefined) sendJson(response, 200, found);
  else sendJson(response, 404, { message: `There is no ${what}.` });
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.setHeader('Cache-Control', 'no-store');
  response
    .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
}
