import type { ApiDefinition, MethodDefinition } from '../template/service.ts';
import type { GatewayRequest, Header } from './request.ts';
import { headerValue } from './request.ts';
import type { RouteMatch } from './routing.ts';

/** Everything a proxy event is made of, whichever its version. */
export interface ProxyEventInput {
  readonly api: ApiDefinition;
  readonly accountId: string;
  readonly match: RouteMatch<Pick<MethodDefinition, 'method' | 'path'>>;
  readonly request: GatewayRequest;
  readonly body: Buffer;
  /** `X-Amzn-Trace-Id` as the function is to see it. */
  readonly traceHeader: string;
  /** Undefined where nobody asked who calls. */
  readonly caller?: Caller;
}

/** What is known of who calls. */
export interface Caller {
  /** `requestContext.authorizer`. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** What `requestContext.identity` of a REST API has beside address and agent. */
  readonly identity?: Readonly<Record<string, unknown>>;
}

const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const SET_BY_GATEWAY = new Set([
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/** The client's headers without those of the connection, and with those that API Gateway adds. */
export function forwardedHeaders({ request, traceHeader }: ProxyEventInput): Header[] {
  const kept = request.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !HOP_BY_HOP.has(lower) && !SET_BY_GATEWAY.has(lower);
  });
  const forwardedFor = request.headers
    .filter(([name]) => name.toLowerCase() === 'x-forwarded-for')
    .map(([, value]) => value);
  return [
    ...kept,
    ['X-Amzn-Trace-Id', traceHeader],
    ['X-Forwarded-For', [...forwardedFor, request.sourceIp].join(', ')],
    ['X-Forwarded-Port', String(request.port)],
    ['X-Forwarded-Proto', 'http'],
  ];
}

/**
 * The names of the host as the client addressed it. Local addresses behave as a custom domain does: the API lies
 * at its root, so no path in an event carries the stage.
 */
export function domainOf({ headers }: GatewayRequest): { domainName: string; domainPrefix: string } {
  const domainName = headerValue(headers, 'host') ?? 'localhost';
  return { domainName, domainPrefix: domainName.replace(/[.:].*$/, '') };
}

/** Common Log Format, for example `09/Apr/2015:12:34:56 +0000`. */
export function requestTime(epochMilliseconds: number): string {
  const [, day, month, year, time] = new Date(epochMilliseconds).toUTCString().split(' ');
  return `${day ?? ''}/${month ?? ''}/${year ?? ''}:${time ?? ''} +0000`;
}

/** Of a name that came several times, format 1.0 has the last value beside all of them. */
export function lastValues(groups: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...groups].map(([name, values]) => [name, values.at(-1) ?? '']));
}

/** Format 1.0 has null where there is nothing. */
export function orNull<Value extends object>(value: Value): Value | null {
  return Object.keys(value).length === 0 ? null : value;
}

/** `image/png` of `image/PNG; q=0.8`. */
export function mediaType(value: string | undefined): string {
  return (value ?? '').replace(/;.*$/s, '').trim().toLowerCase();
}
