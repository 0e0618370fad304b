/**
 * Who may use a server. One on loopback is within reach of every page that the developer's browser has open; these
 * checks tell such a page from our own, and from programs that are no browser. docs/architecture.md, "Security of the
 * page", has the policies as a table.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { RequestError } from './request-error.ts';

/** Which requests a server takes. */
export interface RequestPolicy {
  /**
   * Names that `Host` may carry; `any` takes every one. A foreign name that resolves to 127.0.0.1 (DNS rebinding)
   * would make a foreign page "same origin".
   */
  readonly names: readonly string[] | 'any';
  /** Whether names below `localhost` are taken too: clients of AWS put names of services and resources in front. */
  readonly subdomains: boolean;
  /** `own`: the port that is listened on. `any`: also one from which requests are forwarded. */
  readonly port: 'own' | 'any';
  /** Whose pages may send requests: of this server, of any server on this machine, of nobody, or of anybody. */
  readonly pages: 'own' | 'local' | 'none' | 'any';
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'] as const;

/** The policy of every server, by what it serves. */
export const POLICIES = {
  /** The page's files: a link from elsewhere may lead to them. */
  page: { names: LOOPBACK_NAMES, subdomains: false, port: 'own', pages: 'any' },
  /** What the page asks its server for. */
  pageApi: { names: LOOPBACK_NAMES, subdomains: false, port: 'own', pages: 'own' },
  /** The APIs of AWS: only programs call them. */
  awsApi: { names: LOOPBACK_NAMES, subdomains: true, port: 'any', pages: 'none' },
  /** What stands for all addresses of AWS: programs are led to it, and ask by AWS's names. */
  awsFront: { names: 'any', subdomains: true, port: 'any', pages: 'none' },
  /**
   * OpenTelemetry's receiver: programs, and pages that are being developed on this machine. It answers nothing that a page
   * could learn from.
   */
  otlp: { names: LOOPBACK_NAMES, subdomains: true, port: 'any', pages: 'local' },
  /** A Runtime API: its own runtime calls it, by the address that it was given. */
  runtimeApi: { names: ['127.0.0.1'], subdomains: false, port: 'own', pages: 'none' },
  /** A bucket's address that its CORS rules open to a page, or that is a presigned link. */
  bucketPages: { names: LOOPBACK_NAMES, subdomains: true, port: 'any', pages: 'any' },
  /** Other services that want to run in this process, too: programs of the same user, who know its token. */
  joining: { names: ['127.0.0.1'], subdomains: false, port: 'own', pages: 'none' },
  /** The service's APIs do not check who calls, as the real ones would not. */
  serviceApi: { names: 'any', subdomains: true, port: 'any', pages: 'any' },
} as const satisfies Record<string, RequestPolicy>;

export interface GuardedServerOptions extends ServerOptions {
  readonly policy: RequestPolicy | ((request: IncomingMessage) => RequestPolicy);
  /** Set on every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gets what the policy lets through. May throw, or reject: see `fail`. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  /** Answers for what could not be answered: a RequestError, or anything that `handle` threw. */
  readonly fail: (error: unknown, response: ServerResponse, request: IncomingMessage) => void;
}

/** A server that is not listening yet. No request leaves it unanswered, or brings it down. */
export function createGuardedServer({
  policy,
  headers = {},
  handle,
  fail,
  ...options
}: GuardedServerOptions): Server {
  return createServer(options, (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const serve = async (): Promise<void> => {
      checkSender(request, typeof policy === 'function' ? policy(request) : policy);
      await handle(request, response);
    };
    serve().catch((error: unknown) => {
      const isCutOff = error instanceof RequestError && error.flaw === 'cut-off';
      if (isCutOff || response.headersSent) response.destroy();
      else fail(error, response, request);
    });
  });
}

/** @throws RequestError for a request that the policy refuses. */
function checkSender(request: IncomingMessage, policy: RequestPolicy): void {
  const ownPort = request.socket.localPort ?? 0;
  const { host = '', origin } = request.headers;
  if (!isOwnHost(host.toLowerCase(), policy, ownPort)) {
    const { names } = policy;
    const port = policy.port === 'own' ? `:${ownPort}` : '';
    const own = names === 'any' ? '' : names.map((name) => name + port).join(', ');
    const message = `This server answers to ${own} only; the request was for ${JSON.stringify(host)}.`;
    throw new RequestError('foreign', message);
  }
  if (policy.pages === 'any') return;
  if (policy.pages === 'local' && origin !== undefined && isLocalOrigin(origin)) return;
  const isOwnOrigin =
    policy.pages === 'own' &&
    LOOPBACK_NAMES.some((name) => withPort(name, ownPort).some((own) => origin === `http://${own}`));
  const site = request.headers['sec-fetch-site'];
  // Another port of this machine counts as "same-site", and is still another program's page.
  const isOwnSite =
    site === undefined || site === 'none' || (policy.pages === 'own' && site === 'same-origin');
  if ((origin === undefined || isOwnOrigin) && isOwnSite) return;
  throw new RequestError('foreign', WHO_MAY[policy.pages]);
}

const WHO_MAY = {
  own: 'Only the page that this server serves may use its API.',
  local: 'Only programs, and pages that this machine serves, may use this server.',
  none: 'Only programs may use this server, no page in a browser.',
} as const;

/** A page of a server on this machine, by the names that no other can have. */
function isLocalOrigin(origin: string): boolean {
  const { protocol, hostname } = URL.parse(origin) ?? {};
  return (
    (protocol === 'http:' || protocol === 'https:') &&
    hostname !== undefined &&
    (LOOPBACK_NAMES.some((name) => name === hostname) || hostname.endsWith('.localhost'))
  );
}

function isOwnHost(host: string, { names, subdomains, port }: RequestPolicy, ownPort: number): boolean {
  if (names === 'any') return true;
  if (port === 'own') return names.some((name) => withPort(name, ownPort).includes(host));
  const name = host.replace(/:\d+$/, '');
  return names.includes(name) || (subdomains && /^([\w-]+\.)+localhost$/.test(name));
}

/** How a browser writes the two: it leaves out the default port. */
function withPort(name: string, port: number): string[] {
  return port === 80 ? [name] : [`${name}:${port}`];
}
