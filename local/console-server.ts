import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { CloudWatchView } from './cloudwatch/view.ts';
import { EventClients } from './console-server/event-clients.ts';
import { sendJson, sendText } from './console-server/exchange.ts';
import type { Exchange } from './console-server/exchange.ts';
import { forwardChanges } from './console-server/forward-changes.ts';
import { noCloudWatch } from './console-server/no-cloudwatch.ts';
import { serveApi } from './console-server/serve-api.ts';
import { close, listen } from './http/loopback.ts';
import { foreignHost, foreignPage } from './http/request-guard.ts';
import { readStaticFile } from './http/static-files.ts';
import type { ServiceInfo } from './xray/trace.ts';
import type { TraceStore } from './xray/trace-store.ts';

export interface ConsoleServerOptions {
  readonly store: TraceStore;
  /** Alarms and metrics. Without it the page has none to show. */
  readonly cloudWatch?: CloudWatchView;
  /** 0 takes any free one. @default 3001 */
  readonly port?: number;
  /** Where the built page lies, with its index.html. */
  readonly staticDirectory: string;
  /** Asked whenever a page is told, because a function's tracing can be switched while it runs: see `serviceChanged`. */
  readonly serviceInfo: () => ServiceInfo;
  /** How a user chooses another port; stands in the error when this one is taken. */
  readonly howToChoosePort?: string;
}

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
  'The page has not been built yet. Run `npm run build:page` in the folder of Lambda Lantern, then load this page again.\n';

/** Addresses that are pages of one program, index.html. */
const PAGE_PATH = /^\/(?:(?:traces|alarms)(?:\/.*)?|metrics\/?)?$/;

/** Serves the page and its API (see trace.ts) to this machine only. */
export class ConsoleServer {
  readonly #options: ConsoleServerOptions;
  #server: Server | undefined;
  #clients: EventClients | undefined;
  #stopForwarding: (() => void) | undefined;

  constructor(options: ConsoleServerOptions) {
    this.#options = options;
  }

  /** @throws Error that names the port, when it is taken. */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { port: wanted = 3001, howToChoosePort, store, cloudWatch = noCloudWatch } = this.#options;
    const howToChoose = howToChoosePort ?? 'the option `port`, where 0 takes any free one';
    const clients = new EventClients();
    const server = createServer((request, response) => {
      this.#serve(request, response, port, clients).catch((error: unknown) => {
        fail(response, error);
      });
    });
    let port = wanted;
    try {
      port = await listen(server, { port: wanted, purpose: 'the console', howToChoose });
    } catch (error) {
      clients.close();
      throw error;
    }
    this.#server = server;
    this.#clients = clients;
    this.#stopForwarding = forwardChanges(clients, store, cloudWatch);
    return { url: `http://localhost:${port}`, port };
  }

  /** Ends open event streams and frees the port. Starting again is allowed. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#stopForwarding?.();
    this.#clients?.close();
    this.#stopForwarding = undefined;
    this.#clients = undefined;
    this.#server = undefined;
    if (server !== undefined) await close(server);
  }

  /** To be called when `serviceInfo` has something else to say: tells every page. */
  serviceChanged(): void {
    this.#clients?.tellSoon('service', '', this.#options.serviceInfo);
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    port: number,
    clients: EventClients,
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
    const { cloudWatch = noCloudWatch } = this.#options;
    if (isApi) serveApi(exchange, { ...this.#options, cloudWatch, clients });
    else await this.#servePage(exchange);
  }

  async #servePage({ request, response, url }: Exchange): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Files are read with GET.\n');
      return;
    }
    const isRoute = PAGE_PATH.test(url.pathname);
    const file = await readStaticFile(this.#options.staticDirectory, isRoute ? '/index.html' : url.pathname);
    if (file !== undefined) response.writeHead(200, file.headers).end(file.body);
    else if (isRoute) sendText(response, 503, NOT_BUILT);
    else sendText(response, 404, `There is no ${url.pathname}.\n`);
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { message: error instanceof Error ? error.message : String(error) });
}
