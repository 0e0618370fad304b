/** What the metrics of the shop look like, minute by minute, while something typical goes wrong. */
import type { ReplayedLines, ReplayedSeries } from 'lambda-lantern/testing';

export interface Incident {
  readonly name: string;
  /** What happens, for people. */
  readonly what: string;
  /** How the shop is while it lasts; healthy before and after. */
  readonly during: Partial<Shop>;
  /** Minutes. @default 30 */
  readonly lasts?: number;
  /** How it is afterwards, where something stays. */
  readonly after?: Partial<Shop>;
  /** Whether nothing but log lines tells of it. */
  readonly isOnlyLogged?: true;
  /** Requests a minute, where it is not the traffic of a day. */
  readonly traffic?: number;
}

/** One function in one minute, as parts of its traffic. */
interface FunctionMinute {
  /** Of its ordinary traffic. */
  readonly traffic: number;
  readonly failing: number;
  readonly throttled: number;
  readonly timedOut: number;
  /** Of its invocations: those that log an error and succeed. What fails logs one as well, unless it is killed. */
  readonly logging: number;
  /** Milliseconds. */
  readonly duration: number;
  /** MB. */
  readonly memory: number;
  /** Milliseconds of the cold starts of this minute; none without. */
  readonly init?: number;
}

const HEALTHY: FunctionMinute = {
  traffic: 1,
  failing: 0,
  throttled: 0,
  timedOut: 0,
  logging: 0,
  duration: 80,
  memory: 120,
};

type FunctionKey = 'create-order' | 'get-order' | 'take-payment' | 'fulfil-order';

interface Shop extends Readonly<Record<FunctionKey, Partial<FunctionMinute>>> {
  /** Seconds that the oldest message has waited, after so many minutes of it. */
  readonly age: (minute: number) => number;
  /** Messages in the dead-letter queue, after so many minutes of it. */
  readonly deadLetters: (minute: number) => number;
  /** Executions at once in the whole account. */
  readonly concurrency: number;
}

const CALM: Shop = {
  'create-order': {},
  'get-order': {},
  'take-payment': {},
  'fulfil-order': {},
  age: () => 3,
  deadLetters: () => 0,
  concurrency: 20,
};

/** Requests a minute of each function, where the traffic is 1. */
const SHARES: Readonly<Record<FunctionKey, number>> = {
  'create-order': 20,
  'get-order': 60,
  'take-payment': 20,
  'fulfil-order': 20,
};

/** What came to a function in a minute; on little traffic, whole requests now and then. */
function cameTo(key: FunctionKey, of: Shop, minute: number, traffic: number): number {
  const expected = (at: number) => Math.floor(at * SHARES[key] * traffic);
  return of[key].traffic === 0 ? 0 : expected(minute + 1) - expected(minute);
}

function invocationsOf({ throttled }: FunctionMinute, came: number): number {
  return came - Math.round(came * throttled);
}

/** How the shop is in a minute, and how many there are. */
function courseOf({ during, after = {}, lasts = 30 }: Incident, minutes: Minutes) {
  return {
    shopAt: (minute: number): Shop => {
      const since = minute - minutes.before;
      return { ...CALM, ...(since < 0 ? {} : since < lasts ? during : after) };
    },
    length: minutes.before + lasts + minutes.after,
  };
}

const BEHIND_THE_API: readonly FunctionKey[] = ['create-order', 'get-order', 'take-payment'];

const FAILING = { failing: 1 };
function growing(minute: number): number {
  return 3 + 60 * minute;
}

export const INCIDENTS: readonly Incident[] = [
  {
    name: 'total outage',
    what: 'a table or a key is gone, and every function fails',
    during: {
      'create-order': FAILING,
      'get-order': FAILING,
      'take-payment': FAILING,
      'fulfil-order': FAILING,
      age: growing,
      deadLetters: (minute) => (minute > 4 ? 20 * (minute - 4) : 0),
    },
    after: { deadLetters: () => 500 },
  },
  {
    name: 'one bad function',
    what: '`get-order` fails for everybody',
    during: { 'get-order': FAILING },
  },
  {
    name: 'timeouts',
    what: '`take-payment` hangs until it is killed; orders wait, and become dead letters',
    during: {
      'take-payment': { failing: 1, timedOut: 1, duration: 6000 },
      'fulfil-order': { duration: 9000, logging: 1 },
      age: growing,
      deadLetters: (minute) => (minute > 4 ? 20 * (minute - 4) : 0),
    },
    after: { deadLetters: () => 500 },
  },
  {
    name: 'throttling',
    what: '`create-order` gets no concurrency, and half of its invocations are refused',
    during: { 'create-order': { throttled: 0.5 }, concurrency: 1000 },
  },
  {
    name: 'poison message',
    what: 'one order makes `fulfil-order` fail at each of three attempts, and becomes a dead letter',
    during: { 'fulfil-order': { failing: 1 / 20 }, age: growing },
    lasts: 3,
    after: { deadLetters: () => 1 },
  },
  {
    name: 'dead letters',
    what: '`fulfil-order` reports messages as failed, without any error of its own',
    during: { 'fulfil-order': { logging: 0.1 }, deadLetters: (minute) => 2 * minute },
    after: { deadLetters: () => 60 },
  },
  {
    name: 'slow dependency',
    what: 'the payment provider takes three seconds',
    during: { 'take-payment': { duration: 3000 }, 'fulfil-order': { duration: 3200 } },
  },
  {
    name: 'memory',
    what: '`get-order` leaks, until a tenth of its invocations is killed',
    during: { 'get-order': { memory: 508, failing: 0.1 } },
  },
  {
    name: 'deployment that breaks the start',
    what: '`create-order` and `take-payment` cannot load their new code',
    during: {
      'create-order': { failing: 1, duration: 10, init: 5200 },
      'take-payment': { failing: 1, duration: 10, init: 5200 },
      'fulfil-order': { duration: 100, logging: 1 },
      age: growing,
      deadLetters: (minute) => (minute > 4 ? 20 * (minute - 4) : 0),
    },
    after: { deadLetters: () => 500 },
  },
  {
    name: 'traffic drop',
    what: 'nobody comes',
    during: {
      'create-order': { traffic: 0 },
      'get-order': { traffic: 0 },
      'take-payment': { traffic: 0 },
      'fulfil-order': { traffic: 0 },
    },
  },
  {
    name: 'one failure in a quiet hour',
    what: 'of one request a minute, one fails',
    during: { 'get-order': FAILING },
    lasts: 1,
    traffic: 1 / 60,
  },
  {
    name: 'errors that are caught',
    what: '`take-payment` logs an error of every tenth payment, and answers all the same',
    during: { 'take-payment': { logging: 0.1 } },
    isOnlyLogged: true,
  },
];

const START = Date.UTC(2026, 10, 2, 9, 0);

export interface Minutes {
  readonly before: number;
  readonly after: number;
}

const AN_HOUR: Minutes = { before: 60, after: 60 };

const ERROR_LINE = '{"level":"ERROR","message":"the payment was declined","service":"order-shop"}';
const OTHER_LINE = '{"level":"INFO","message":"an order was paid","service":"order-shop"}';

/** What the functions of the shop log in a stage over the same time. */
export function linesOf(incident: Incident, stage: string, minutes: Minutes = AN_HOUR): ReplayedLines[] {
  const { traffic = 1 } = incident;
  const { shopAt, length } = courseOf(incident, minutes);
  return (Object.keys(SHARES) as FunctionKey[]).map((key) => ({
    logGroup: `/aws/lambda/order-shop-${stage}-${key}`,
    start: START,
    minutes: Array.from({ length }, (_, minute) => {
      const shop = shopAt(minute);
      const fn = { ...HEALTHY, ...shop[key] };
      const invoked = invocationsOf(fn, cameTo(key, shop, minute, traffic));
      const errors = Math.round(invoked * Math.max(0, fn.failing - fn.timedOut + fn.logging));
      return Array.from({ length: invoked }, (__, index) => (index < errors ? ERROR_LINE : OTHER_LINE));
    }),
  }));
}

/** The metrics of the shop in a stage: an hour of calm, the incident, and an hour of calm. */
export function seriesOf(incident: Incident, stage: string, minutes: Minutes = AN_HOUR): ReplayedSeries[] {
  const { traffic = 1 } = incident;
  const { shopAt, length } = courseOf(incident, minutes);
  const series = (
    namespace: string,
    metricName: string,
    dimensions: Readonly<Record<string, string>>,
    samples: (shop: Shop, since: number, minute: number) => readonly number[],
  ): ReplayedSeries => ({
    namespace,
    metricName,
    dimensions,
    start: START,
    minutes: Array.from({ length }, (_, minute) => {
      const found = samples(shopAt(minute), minute - minutes.before + 1, minute);
      return found.length === 0 ? null : found;
    }),
  });
  const ones = (count: number, value = 1): number[] => Array.from({ length: Math.round(count) }, () => value);
  const failures = (came: number, failing: number): number[] => {
    const failed = Math.round(came * failing);
    return [...ones(failed), ...ones(came - failed, 0)];
  };
  const functionSeries = (key: FunctionKey): ReplayedSeries[] => {
    const name = `order-shop-${stage}-${key}`;
    const of = (
      namespace: string,
      metricName: string,
      samples: (fn: FunctionMinute, came: number) => readonly number[],
    ): ReplayedSeries =>
      series(
        namespace,
        metricName,
        namespace === 'AWS/Lambda' ? { FunctionName: name } : {},
        (shopOf, _since, minute) =>
          samples({ ...HEALTHY, ...shopOf[key] }, cameTo(key, shopOf, minute, traffic)),
      );
    return [
      of('AWS/Lambda', 'Invocations', (fn, came) => ones(invocationsOf(fn, came))),
      of('AWS/Lambda', 'Errors', (fn, came) => failures(invocationsOf(fn, came), fn.failing)),
      of('AWS/Lambda', 'Duration', (fn, came) => ones(invocationsOf(fn, came), fn.duration)),
      of('AWS/Lambda', 'Throttles', (fn, came) => ones(came * fn.throttled)),
      of(`LambdaLantern/${name}`, 'MaxMemoryUsed', (fn, came) => ones(invocationsOf(fn, came), fn.memory)),
      of(`LambdaLantern/${name}`, 'Timeouts', (fn, came) => ones(came * fn.timedOut)),
      of(`LambdaLantern/${name}`, 'InitDuration', (fn, came) =>
        fn.init === undefined ? [] : ones(came, fn.init),
      ),
    ];
  };
  const api = { ApiName: `${stage}-order-shop`, Stage: stage };
  const ofApi = (metricName: string, samples: (fn: FunctionMinute, came: number) => readonly number[]) =>
    series('AWS/ApiGateway', metricName, api, (shopOf, _since, minute) =>
      BEHIND_THE_API.flatMap((key) =>
        samples({ ...HEALTHY, ...shopOf[key] }, cameTo(key, shopOf, minute, traffic)),
      ),
    );
  const queue = { QueueName: `order-shop-${stage}-fulfilment` };
  const deadLetters = { QueueName: `order-shop-${stage}-fulfilment-dead-letters` };
  return [
    ...(Object.keys(SHARES) as FunctionKey[]).flatMap(functionSeries),
    ofApi('Count', (_fn, came) => ones(came)),
    ofApi('5XXError', (fn, came) => failures(came, Math.max(fn.failing, fn.throttled))),
    ofApi('4XXError', (_fn, came) => ones(came, 0)),
    ofApi('Latency', (fn, came) => ones(came, fn.duration + 20)),
    series('AWS/SQS', 'ApproximateAgeOfOldestMessage', queue, (of, since) => [of.age(since)]),
    series('AWS/SQS', 'ApproximateNumberOfMessagesVisible', deadLetters, (of, since) => [
      of.deadLetters(since),
    ]),
    series('AWS/Lambda', 'ConcurrentExecutions', {}, (of) => [of.concurrency]),
  ];
}
