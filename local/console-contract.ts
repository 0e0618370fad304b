/**
 * What the page and its server agree on: the pages there are, and what the page may ask for and is told. Both import
 * this file, and nothing else of each other. A page, a path of the API or an event begins here; the compiler names what
 * is missing on either side.
 */
import type { AlarmListing, AlarmPage, AlarmSummary, MetricsPage, TimeRange } from './cloudwatch/view.ts';
import type { LogListing } from './logs/log-line.ts';
import type { Differences } from './xray/differences.ts';
import type { Durations } from './xray/durations.ts';
import type { Service } from './xray/graph/trace-graph.ts';
import type { KeptEvent, Replay } from './xray/replay.ts';
import type { Imported } from './xray/trace-file.ts';
import type { TraceHistory } from './xray/history.ts';
import type { KnownTerms, Losses, TracePage, TraceSummary } from './xray/trace.ts';

/** One page of the program. */
interface PageDefinition {
  /** Its address; at most one part, the last, is a parameter. */
  readonly path: `/${string}`;
  /** The text of its link on every page. A page without one is reached from the page above it. */
  readonly link?: string;
  /** The page whose link is marked while this one is shown. */
  readonly above?: string;
}

/** Every page, in the order of their links. The list of traces is also shown at `/`. */
export const PAGES = {
  list: { path: '/traces', link: 'Traces' },
  trace: { path: '/traces/:traceId', above: 'list' },
  map: { path: '/map', link: 'Map' },
  logs: { path: '/logs', link: 'Logs' },
  request: { path: '/requests/:correlationId', above: 'logs' },
  /** The ids of two traces, with two dots between them. */
  compare: { path: '/compare/:traceIds', above: 'list' },
  alarms: { path: '/alarms', link: 'Alarms' },
  alarm: { path: '/alarms/:name', above: 'alarms' },
  metrics: { path: '/metrics', link: 'Metrics' },
  schedules: { path: '/schedules', link: 'Schedules' },
} as const satisfies Record<string, PageDefinition>;

export type PageName = keyof typeof PAGES;

/** `:name` at the end of a path. */
type ParameterOf<Path> = Path extends `${string}:${infer Name}` ? Name : never;

/** A page and what its address names: `{ page: 'trace', traceId: '1-…' }`. */
export type PageRoute = {
  [Name in PageName]: { readonly page: Name } & {
    readonly [Parameter in ParameterOf<(typeof PAGES)[Name]['path']>]: string;
  };
}[PageName];

/** The address of a page. */
export function pathOf(route: PageRoute): string {
  const { path } = PAGES[route.page];
  const values = new Map<string, string>(Object.entries(route));
  return path.replace(/:(\w+)$/, (_, name: string) => encodeURIComponent(values.get(name) ?? ''));
}

/** The page at an address, with or without a slash at its end; undefined where there is none. */
export function routeAt(pathname: string): PageRoute | undefined {
  if (pathname === '/') return { page: 'list' };
  for (const [page, { path }] of Object.entries(PAGES)) {
    const encoded = parameterIn(path, pathname);
    if (encoded === undefined) continue;
    const [, name] = /:(\w+)$/.exec(path) ?? [];
    if (name === undefined) return { page } as PageRoute;
    const value = decoded(encoded);
    return value === undefined ? undefined : ({ page, [name]: value } as PageRoute);
  }
  return undefined;
}

/** Whether the program is loaded at an address: a page's, or one below, where it says that nothing is there. */
export function isPageAddress(pathname: string): boolean {
  const [, first] = pathname.split('/');
  return pathname === '/' || Object.values(PAGES).some(({ path }) => path.split('/')[1] === first);
}

/**
 * What stands, still encoded, where a pattern ends in `:name`; an empty text for a pattern without a name, and undefined
 * for a path that is not of the pattern.
 */
export function parameterIn(pattern: string, pathname: string): string | undefined {
  const [matched, value = ''] = new RegExp(`^${pattern.replace(/:\w+$/, '([^/]+)')}/?$`).exec(pathname) ?? [];
  return matched === undefined ? undefined : value;
}

/** `schedule/default/nightly`: what runs by the clock, a rule of a bus or a schedule of a group, and its name. */
export function scheduleId(kind: 'rule' | 'schedule', place: string, name: string): string {
  return `${kind}/${place}/${name}`;
}

/** What runs by the clock, and can be run at once. */
export interface ScheduleEntry {
  /** What `scheduleId` makes. */
  readonly id: string;
  /** `rate(…)`, `cron(…)` or `at(…)`. */
  readonly expression: string;
  readonly enabled: boolean;
  /** The names of what gets its event: functions, queues, topics and buses. */
  readonly targets: readonly string[];
  /** When it runs next, epoch milliseconds; absent when it does not. */
  readonly next?: number;
  /** When it ran last since the start, by the clock or by hand, epoch milliseconds. */
  readonly last?: number;
}

export interface ScheduleListing {
  readonly schedules: readonly ScheduleEntry[];
}

/**
 * What each path and method of the API answers. `undefined` is 204, and every refusal has `{ message }`; that of a filter is
 * a `FilterRefusal`.
 */
export interface ApiAnswers {
  '/api/service': { GET: ServiceInfo };
  '/api/traces': {
    /**
     * `?filter=`: those that a filter expression matches; `?from=&to=`: those that overlap it; `?sort=` by `start`, the
     * default, `duration` or `status`, the newest, longest or worst first, with `-asc` last; `?limit=`, default 200; `?cursor=` of the
     * answer before: what follows it; `?id=`, several times: of these alone.
     */
    GET: TraceListing;
    /** Takes a `TraceFile`, as JSON. */
    POST: Imported;
    /** Forgets them all, with the log lines and the kept events of their invocations, which is a `cleared` event. */
    DELETE: undefined;
  };
  '/api/traces/:trace': { GET: TracePage };
  '/api/replays/:trace': {
    /** The events of a trace that can be sent again. */
    GET: KeptEvents;
    /** Sends one again, that of the invocation in `{ "requestId": … }`, and answers when it has ended. */
    POST: Replay;
  };
  '/api/schedules': {
    /** What runs by the clock: rules of EventBridge, and schedules of EventBridge Scheduler. */
    GET: ScheduleListing;
    /** Runs one now, that of `{ "id": … }`, whether it is enabled or not. Answers when its event is on its way. */
    POST: ScheduleEntry;
  };
  '/api/history/:trace': {
    /** How long what a trace consists of took in other traces. */
    GET: TraceHistory;
  };
  '/api/graph': {
    /** The service graph; `?filter=`, `?from=&to=`, or `?trace=`, once for each trace: of those alone. */
    GET: ServiceGraph;
  };
  '/api/logs': {
    /**
     * Log lines, the newest first: `?level=` that one and those above, `?function=` a key of `serverless.yml`, `?text=` words
     * that occur, `?correlation=`, `?request=` and `?trace=` ids, `?from=&to=`, `?platform=off` without what Lambda itself
     * writes, `?limit=` up to 1000, default 200; `?cursor=` of the answer before: what is older; `?after=` an id: what is newer.
     */
    GET: LogListing;
  };
  '/api/sources': {
    /**
     * The source lines that frames of stacks mean; `?frame=<line>:<column>:<path>`, up to 100 times, the column 0 where it is not
     * known. Frames that are not of a running function's code are left out.
     */
    GET: SourceListing;
  };
  '/api/durations': {
    /** How long traces took; `?filter=`, `?from=&to=`. */
    GET: Durations;
  };
  '/api/differences': {
    /** What those that match `?filter=` have more or less often than the rest of those that match `?within=`; `?from=&to=`. */
    GET: Differences;
  };
  '/api/known': {
    /** What traces can be found by, so that it can be offered; `?containing=`: values with that text in them. */
    GET: KnownTerms;
  };
  '/api/alarms': { GET: AlarmListing };
  '/api/alarms/:alarm': {
    /** `?from=&to=`: the range of its chart. */
    GET: AlarmPage;
  };
  '/api/metrics': {
    /** `?from=&to=` */
    GET: MetricsPage;
  };
  '/api/events': {
    /** Server-sent events, those of `ApiEvents`. */
    GET: 'stream';
  };
}

/** What comes first in the list of traces: the newest, the longest, or what failed worst; with `-asc` what comes last there. */
export const SORT_ORDERS = [
  'start',
  'duration',
  'status',
  'start-asc',
  'duration-asc',
  'status-asc',
] as const;

export type SortOrder = (typeof SORT_ORDERS)[number];

/** What each event tells, by its name. */
export interface ApiEvents {
  /** Whenever a trace changed, at most a few a second per trace. */
  summary: TraceSummary;
  losses: Losses;
  /** Log lines came; the id of the newest. At most a few times a second. */
  logs: { readonly newest: number };
  cleared: Readonly<Record<string, never>>;
  /** Another state or reason. */
  alarm: AlarmSummary;
  /** Something about the service changed: the tracing of a function. */
  service: ServiceInfo;
}

export interface ServiceInfo {
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  /** All that run together, the first of which the others have joined. @default that one alone */
  readonly services?: readonly { readonly name: string; readonly stage: string }[];
  /** Whether any function is traced now. */
  readonly tracing: boolean;
  /** Whether that is so on this machine alone, because no template asks for it. @default false */
  readonly isTracedHereOnly?: boolean;
  readonly functions: readonly FunctionInfo[];
  /** A line that can be pasted into a terminal, shown while there is no trace. */
  readonly tryThis: readonly string[];
}

export interface FunctionInfo {
  /** The key in `serverless.yml`, behind the name of its service where another one has the same. */
  readonly key: string;
  /** The deployed name. */
  readonly name: string;
  /** Whether its tracing mode is `Active` now. */
  readonly tracing: boolean;
  /** The name of its service. @default that of `ServiceInfo` */
  readonly service?: string;
}

export interface TraceListing {
  readonly traces: readonly TraceSummary[];
  readonly losses: Losses;
  /** To go on from here; absent when there is nothing more. There may be one although there are fewer than the limit. */
  readonly cursor?: string;
}

/** Those of one trace. */
export interface KeptEvents {
  readonly events: readonly KeptEvent[];
}

export interface SourceListing {
  readonly places: readonly SourcePlace[];
}

/** Where in the sources a frame of a stack is. */
export interface SourcePlace {
  /** As it was asked for. */
  readonly frame: string;
  /** The line of the bundle is made of too many lines of source to say which one was meant. Nothing else is known then. */
  readonly isAmbiguous?: true;
  /** For people: from the service's folder on. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** The last of several lines that the frame may mean. */
  readonly lastLine?: number;
  /** The line and some around it; absent where nobody has the text. */
  readonly excerpt?: { readonly firstLine: number; readonly lines: readonly string[] };
}

export interface ServiceGraph {
  /** As `GetServiceGraph` has them. */
  readonly services: readonly Service[];
}

/** How a filter expression that cannot be read is refused, beside the message. */
export interface FilterRefusal {
  readonly message: string;
  /** In the filter, from 0. */
  readonly position: number;
  readonly length: number;
  /** What could stand there, for people. */
  readonly expected: readonly string[];
}

/** The latest moment that a Date can hold (ECMAScript, "Time Values and Time Range"). */
export const LATEST_MS = 8.64e15;

/**
 * The range that `?from=&to=` names, in addresses and in the API alike: epoch milliseconds, both or neither. Undefined
 * for neither, which means all there is; `unreadable` for what is no range, which the API answers with 400.
 */
export function readRange(query: URLSearchParams): TimeRange | 'unreadable' | undefined {
  const [from, to] = [query.get('from'), query.get('to')];
  if (from === null && to === null) return undefined;
  const range = { from: milliseconds(from), to: milliseconds(to) };
  return range.from < range.to ? range : 'unreadable';
}

/** Whether any moment of a trace, as far as it is known, lies in a range. */
export function isInRange({ startTime, duration }: TraceSummary, { from, to }: TimeRange): boolean {
  return startTime * 1000 < to && (startTime + duration) * 1000 >= from;
}

/** NaN for anything but a moment, so that no comparison with it holds. */
function milliseconds(text: string | null): number {
  const number = text !== null && /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return number <= LATEST_MS ? number : NaN;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
