import { GetFunctionConfigurationCommand, LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda';
import type { AlarmListing, AlarmPage, AlarmSummary } from '../../local/cloudwatch/view.ts';
import type { Segment, Subsegment } from '../../local/xray/document.ts';
import type { TraceListing } from '../../local/console-contract.ts';
import type { TracePage } from '../../local/xray/trace.ts';

/** Where a running stack is asked. */
export interface Addresses {
  readonly api: string;
  readonly page: string;
  readonly lambda: string;
}

/** What the story looks at, from outside: the API of the page, and Lambda's through AWS's own client. */
export interface Observer {
  /** The alarm on the duration of take-payment. @throws Error that names the alarms there are, if it is not among them. */
  durationAlarm(): Promise<AlarmSummary>;
  /** An alarm of the error budget of the API, such as `fastBurn`. @throws Error that names the alarms there are. */
  budgetAlarm(name: string): Promise<AlarmSummary>;
  alarmPage(name: string): Promise<AlarmPage>;
  /** Whether take-payment is traced: both its tracing mode and the variable that its tracer reads. */
  tracing(): Promise<{ readonly on: boolean; readonly tags: Readonly<Record<string, string>> }>;
  traceCount(): Promise<number>;
  /** The newest trace in which `chargeCard` took this many seconds or more. */
  slowTrace(seconds: number): Promise<SlowTrace | undefined>;
  close(): void;
}

export interface SlowTrace {
  readonly id: string;
  /** How long `chargeCard` took. */
  readonly seconds: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

const FUNCTION = 'take-payment';
const API = 'ApiGatewayRestApi';
const FUNCTION_NAME = `order-shop-local-${FUNCTION}`;

export function observe({ page, lambda }: Addresses): Observer {
  const client = new LambdaClient({
    endpoint: lambda,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${page}${path}`);
    if (!response.ok)
      throw new Error(`GET ${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const found = (
    alarms: readonly AlarmSummary[],
    what: string,
    is: (alarm: AlarmSummary) => boolean,
  ): AlarmSummary => {
    const alarm = alarms.find(is);
    if (alarm !== undefined) return alarm;
    throw new Error(`There is no ${what}. Alarms: ${alarms.map(({ name }) => name).join(', ') || 'none'}.`);
  };
  const traces = async () => (await read<TraceListing>('/api/traces')).traces;

  return {
    async durationAlarm() {
      const { alarms } = await read<AlarmListing>('/api/alarms');
      return found(
        alarms,
        `alarm on the duration of ${FUNCTION}`,
        ({ resource, condition }) => resource?.name === FUNCTION && condition.startsWith('Duration '),
      );
    },
    async budgetAlarm(part) {
      const { alarms } = await read<AlarmListing>('/api/alarms');
      return found(
        alarms,
        `alarm ${part} of ${API}`,
        ({ name }) => name === `order-shop-local-${API}-${part}`,
      );
    },
    alarmPage: (name) => read<AlarmPage>(`/api/alarms/${encodeURIComponent(name)}`),
    async tracing() {
      const { Environment, FunctionArn, TracingConfig } = await client.send(
        new GetFunctionConfigurationCommand({ FunctionName: FUNCTION_NAME }),
      );
      const { Tags = {} } = await client.send(new ListTagsCommand({ Resource: FunctionArn }));
      const on =
        TracingConfig?.Mode === 'Active' && Environment?.Variables?.POWERTOOLS_TRACE_ENABLED === 'true';
      return { on, tags: Tags };
    },
    traceCount: async () => (await traces()).length,
    async slowTrace(seconds) {
      for (const { id, services, startTime } of await traces()) {
        if (!services.includes(FUNCTION_NAME)) continue;
        const { trace } = await read<TracePage>(`/api/traces/${id}`);
        const taken = trace.segments.flatMap((segment) => durationsOf('chargeCard', segment));
        const longest = Math.max(...taken);
        if (longest >= seconds) return { id, seconds: longest, startedAt: startTime * 1000 };
      }
      return undefined;
    },
    close: () => client.destroy(),
  };
}

/** How long each ended entity of this name took, in seconds. */
function durationsOf(name: string, entity: Segment | Subsegment): number[] {
  const own =
    entity.name === name && entity.end_time !== undefined ? [entity.end_time - entity.start_time] : [];
  return [...own, ...(entity.subsegments ?? []).flatMap((child) => durationsOf(name, child))];
}
