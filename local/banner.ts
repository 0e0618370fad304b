import type { LocalPorts } from './ports.ts';
import { printableLine } from './printable.ts';
import { lastNameIn } from './template/arns.ts';
import type { ServiceDefinition } from './template/service.ts';

export interface BannerOptions {
  readonly service: ServiceDefinition;
  readonly ports: LocalPorts;
  readonly tracing: boolean;
  /** Where OpenTelemetry is received, if it is. */
  readonly otlpUrl: string | undefined;
  /** The file that traces are kept in, if there is one. */
  readonly tracesFile: string | undefined;
  /** Real milliseconds that a minute of CloudWatch lasts. */
  readonly minuteMs: number;
  /** What serves calls to AWS instead of what is here; nothing where it is not given. */
  readonly elsewhere?: readonly string[];
  readonly tryThis: readonly string[];
}

/** What runs where, and what to try: the first thing a developer sees. */
export function banner(options: BannerOptions): string {
  const { service, ports, tracing, otlpUrl, tracesFile, minuteMs, elsewhere = [], tryThis } = options;
  return [
    '',
    `Lambda Lantern runs ${service.name}, stage ${service.stage}, ${tracingOf(service, tracing)}`,
    '',
    line('Traces', `http://localhost:${ports.console}`),
    line('Kept in', tracesFile === undefined ? 'memory, until this ends' : printableLine(tracesFile)),
    line('X-Ray API', `http://localhost:${ports.console}`),
    ...apisOf(service, (index) => ports.api(index)),
    line('Lambda', `http://localhost:${ports.lambda}`),
    line('SNS and SQS', `http://localhost:${ports.messaging}`),
    line('DynamoDB', `http://localhost:${ports.tables}`),
    line('S3', `http://localhost:${ports.buckets}`),
    ...notificationsOf(service),
    line('EventBridge', `http://localhost:${ports.events}`),
    ...rulesOf(service),
    line('Scheduler', `http://localhost:${ports.scheduler}`),
    ...service.schedules.map(({ name, properties }) => entry(String(properties.ScheduleExpression), name)),
    line('X-Ray daemon', `127.0.0.1:${ports.daemon} (UDP and TCP)`),
    ...(otlpUrl === undefined ? [] : [line('OpenTelemetry', `${otlpUrl} (HTTP)`)]),
    ...elsewhere.map((choice) => line('Elsewhere', printableLine(choice))),
    line('Alarms', `${service.alarms.length || 'none'}${clockNote(minuteMs)}`),
    '',
    ...(tryThis.length === 0 ? [] : ['Try:', ...tryThis.map((command) => `  ${command}`), '']),
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** Who hears of what happens in which bucket, and of which keys. */
function notificationsOf({ buckets, functions }: ServiceDefinition): string[] {
  const keys = new Map(functions.map(({ name, key }) => [name, key]));
  return buckets.flatMap(({ name, notifications }) =>
    notifications.length === 0
      ? [entry(name, '')]
      : notifications.map(({ events, prefix, suffix, targetArn }) =>
          entry(
            `${name}/${prefix}*${suffix}`,
            `${keys.get(lastNameIn(targetArn)) ?? lastNameIn(targetArn)} (${events.join(', ')})`,
          ),
        ),
  );
}

export interface JoinedBannerOptions {
  readonly service: ServiceDefinition;
  /** The service that was there first, for people. */
  readonly host: string;
  /** Address of the page. */
  readonly page: string;
  /** Of each API, by its place in the service. */
  readonly apiPort: (index: number) => number;
  readonly tryThis: readonly string[];
}

/** The same of a service that runs in a Lantern which was there before. */
export function joinedBanner({ service, host, page, apiPort, tryThis }: JoinedBannerOptions): string {
  return [
    '',
    `Lambda Lantern runs ${service.name}, stage ${service.stage}: it has joined the Lantern of ${host} at ${page}, ${tracingOf(service)}`,
    '',
    line('Traces', page),
    ...apisOf(service, apiPort),
    ...notificationsOf(service),
    ...rulesOf(service),
    ...service.schedules.map(({ name, properties }) => entry(String(properties.ScheduleExpression), name)),
    line('Alarms', String(service.alarms.length || 'none')),
    '',
    'Try:',
    ...tryThis.map((command) => `  ${command}`),
    '',
    'Ctrl-C stops this service; the others go on.',
    '',
  ].join('\n');
}

/** What is shown here and would not be in AWS is said, with what turns it on there. */
function tracingOf(
  { functions, apis, isTracedUnasked = false }: ServiceDefinition,
  tracing = functions.some(({ tracingMode }) => tracingMode === 'Active'),
): string {
  if (!isTracedUnasked || !tracing) return `tracing ${tracing ? 'on' : 'off'}`;
  const gateway = apis.some(({ kind }) => kind === 'REST') ? ', apiGateway: true' : '';
  return `tracing on here, and off in AWS unless serverless.yml has provider.tracing: { lambda: true${gateway} }`;
}

function apisOf(service: ServiceDefinition, portOf: (index: number) => number): string[] {
  const keys = new Map(service.functions.map(({ name, key }) => [name, key]));
  return [
    ...service.apis.flatMap((api, index) => [
      line(`API (${api.kind})`, `http://localhost:${portOf(index)}`),
      ...api.routes.map(
        ({ method, path, functionName }) =>
          `                ${method.padEnd(6)} ${path.padEnd(20)} ${keys.get(functionName) ?? functionName}`,
      ),
    ]),
    ...service.functionUrls.map(({ name }, index) =>
      line(
        'Function URL',
        `http://localhost:${portOf(service.apis.length + index)}  ${keys.get(name) ?? name}`,
      ),
    ),
  ];
}

/** What calls functions without being asked: rules that run by the clock, or by events. */
function rulesOf({ rules }: ServiceDefinition): string[] {
  return rules.map(({ name, busName, schedule, enabled }) =>
    entry(`${schedule ?? `events of ${busName}`}${enabled ? '' : ' (disabled)'}`, name),
  );
}

function entry(what: string, name: string): string {
  return `                ${printableLine(what).padEnd(27)} ${printableLine(name)}`.trimEnd();
}

function clockNote(minuteMs: number): string {
  return minuteMs === 60_000 ? '' : `; a minute of CloudWatch lasts ${minuteMs / 1000} s`;
}

function line(what: string, where: string): string {
  return `  ${what.padEnd(14)}${where}`;
}
