import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CloudWatchApi } from '../cloudwatch/api/cloudwatch-api.ts';
import type { CloudWatchView } from '../cloudwatch/view.ts';
import type { ApiEvents, ServiceInfo } from '../console-contract.ts';
import { isPageAddress } from '../console-contract.ts';
import { sendJson, sendText } from '../http/answer.ts';
import { EventStream } from '../http/event-stream.ts';
import type { RequestPolicy } from '../http/guard.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import { RequestError } from '../http/request-error.ts';
import { readStaticFile } from '../http/static-files.ts';
import { targetOf } from '../http/target.ts';
import { LogStore } from '../logs/log-store.ts';
import { messageOf } from '../message-of.ts';
import type { XRayApi } from '../xray/api/xray-api.ts';
import { refuseXRayRequest } from '../xray/api/xray-api.ts';
import type { TraceStore } from '../xray/trace-store.ts';
import type { Replays, ScheduleRunner } from './serve-api.ts';
import { serveApi } from './serve-api.ts';
import type { SourceLines } from './source-lines.ts';

export interface ConsoleServerOptions extends Partial<PortOptions> {
  readonly store: TraceStore;
  /** The X-Ray API, which is answered on the page's port. Without it there is none. */
  readonly xray?: XRayApi;
  /** The events that functions were invoked with, to be sent again. Without it none can be. */
  readonly replays?: Replays;
  /** What runs by the clock. Without it nothing can be run by hand. */
  readonly schedules?: ScheduleRunner;
  /** Finds the source lines of stacks. Without it stacks are shown as they arrived. */
  readonly sources?: SourceLines;
  /** Alarms and metrics. Without it the page has none to show. */
  readonly cloudWatch?: CloudWatchView;
  /** The API of CloudWatch, which is answered on the page's port. Without it there is none. */
  readonly cloudWatchApi?: CloudWatchApi;
  /** The log lines of functions. Without it the page has none to show. */
  readonly logs?: LogStore;
  /** Answers what stands below `/api/join`: services that want to run here, too. Without it none can. */
  readonly joining?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** 0 takes any free one. @default 3001 */
  readonly port?: number;
  /** Where the built page lies, with its index.html. */
  readonly staticDirectory: string;
  /** Asked whenever a page is told, because a function's tracing can be switched while it runs: see `serviceChanged`. */
  readonly serviceInfo: () => ServiceInfo;
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

/** Real milliseconds of a minute, where no clock says otherwise. */
const MINUTE_MS = 60_000;

/** What a page is shown where nothing is measured: no alarms, no metrics, and no failure. */
const noCloudWatch: CloudWatchView = {
  alarms: () => ({ alarms: [], minuteMs: MINUTE_MS }),
  alarm: () => undefined,
  metrics: (range = { from: 0, to: 0 }) => ({ groups: [], range, minuteMs: MINUTE_MS }),
  subscribe: () => () => undefined,
};

/** Serves the page and its API (see `console-contract.ts`) to this machine only. */
export class ConsoleServer {
  readonly #options: ConsoleServerOptions;
  readonly #cloudWatch: CloudWatchView;
  readonly #logs: LogStore;
  #running:
    | {
        readonly server: Server;
        readonly events: EventStream<ApiEvents>;
        readonly stopForwarding: () => void;
      }
    | undefined;

  constructor(options: ConsoleServerOptions) {
    this.#options = options;
    this.#cloudWatch = options.cloudWatch ?? noCloudWatch;
    this.#logs = options.logs ?? new LogStore();
  }

  /** @throws Error that names the port, when it is taken. */
  async start(): Promise<{ readonly url: string; readonly port: number }> {
    const { port: wanted = 3001, howToChoosePort, store } = this.#options;
    const events = new EventStream<ApiEvents>();
    const server = createGuardedServer({
      policy: (request) => this.#policyFor(request),
      headers: SECURITY_HEADERS,
      handle: (request, response) => this.#serve(request, response, events),
      fail: (error, response, request) => {
        if (this.#isXRay(request)) refuseXRayRequest(error, response);
        else if (this.#isCloudWatch(request)) this.#options.cloudWatchApi?.refuse(error, request, response);
        else fail(error, response, request);
      },
    });
    try {
      const port = await listen(server, 'the console', { port: wanted, howToChoosePort });
      const stopForwarding = forwardChanges(events, store, this.#cloudWatch, this.#logs);
      this.#running = { server, events, stopForwarding };
      return { url: `http://localhost:${port}`, port };
    } catch (error) {
      events.close();
      throw error;
    }
  }

  /** Ends open event streams and frees the port. Starting again is allowed. */
  async stop(): Promise<void> {
    if (this.#running === undefined) return;
    const { server, events, stopForwarding } = this.#running;
    this.#running = undefined;
    stopForwarding();
    events.close();
    await close(server);
  }

  /** To be called when `serviceInfo` has something else to say: tells every page. */
  serviceChanged(): void {
    this.#running?.events.tellSoon('service', '', this.#options.serviceInfo);
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    events: EventStream<ApiEvents>,
  ): Promise<void> {
    const url = targetOf(request);
    const { store, xray, serviceInfo, replays, schedules, sources } = this.#options;
    if (this.#isXRay(request)) {
      await xray?.answer(request, response);
    } else if (this.#isCloudWatch(request)) {
      await this.#options.cloudWatchApi?.answer(request, response);
    } else if (isJoining(request) && this.#options.joining !== undefined) {
      await this.#options.joining(request, response);
    } else if (isApi(request)) {
      const groups = xray?.groupFilter ?? noGroups;
      await serveApi(request, response, url, {
        store,
        groups,
        serviceInfo,
        events,
        cloudWatch: this.#cloudWatch,
        logs: this.#logs,
        replays,
        schedules,
        sources,
      });
    } else if (isRead(request)) {
      await this.#servePage(response, url.pathname);
    } else {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Files are read with GET.\n');
    }
  }

  #policyFor(request: IncomingMessage): RequestPolicy {
    if (this.#isXRay(request) || this.#isCloudWatch(request)) return POLICIES.awsApi;
    if (isJoining(request)) return POLICIES.joining;
    return isApi(request) || !isRead(request) ? POLICIES.pageApi : POLICIES.page;
  }

  #isXRay(request: IncomingMessage): boolean {
    return this.#options.xray?.isAsked(request) === true;
  }

  #isCloudWatch(request: IncomingMessage): boolean {
    return this.#options.cloudWatchApi?.isAsked(request) === true;
  }

  async #servePage(response: ServerResponse, pathname: string): Promise<void> {
    const isPage = isPageAddress(pathname);
    const file = await readStaticFile(this.#options.staticDirectory, isPage ? '/index.html' : pathname);
    if (file !== undefined) response.writeHead(200, file.headers).end(file.body);
    else if (isPage) sendText(response, 503, NOT_BUILT);
    else sendText(response, 404, `There is no ${pathname}.\n`);
  }
}

function noGroups(): undefined {
  return undefined;
}

function isJoining({ url = '/' }: IncomingMessage): boolean {
  return /^\/api\/join(\/|$)/.test(URL.parse(url, 'http://localhost')?.pathname ?? '');
}

function isApi({ url = '/' }: IncomingMessage): boolean {
  return URL.parse(url, 'http://localhost')?.pathname.startsWith('/api/') === true;
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function fail(error: unknown, response: ServerResponse, request: IncomingMessage): void {
  const status = error instanceof RequestError ? error.status : 500;
  const message = messageOf(error);
  if (isApi(request)) sendJson(response, status, { message });
  else sendText(response, status, `${message}\n`);
}

/** Tells the pages of every change of traces and alarms, and of log lines, until the returned function is called. */
function forwardChanges(
  events: EventStream<ApiEvents>,
  store: TraceStore,
  cloudWatch: CloudWatchView,
  logs: LogStore,
): () => void {
  const ends = [
    store.subscribe((event) => {
      if (event.type === 'cleared') {
        events.tell('cleared', {});
        events.tellSoon('losses', '', () => store.losses());
      } else if (event.type === 'losses') events.tellSoon('losses', '', () => store.losses());
      // Undefined when it was evicted or cleared meanwhile.
      else events.tellSoon('summary', event.traceId, () => store.summary(event.traceId));
    }),
    logs.subscribe((newest) => events.tellSoon('logs', '', () => ({ newest }))),
    cloudWatch.subscribe(({ alarm }) => events.tellSoon('alarm', alarm.name, () => alarm)),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The folder of the built page, which is found the same way from the sources of this package and from what is built of them. */
export function builtConsole(): string {
  const manifest = createRequire(import.meta.url).resolve('lambda-lantern-local/package.json');
  return join(dirname(manifest), 'dist', 'console');
}
