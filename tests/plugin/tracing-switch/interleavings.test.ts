import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { SwitchRequest } from '../../../plugin/tracing-switch/decide.ts';
import { LambdaFunctions } from '../../../plugin/tracing-switch/lambda-functions.ts';
import { switchTracing } from '../../../plugin/tracing-switch/switch-tracing.ts';
import { TimeLimit } from '../../../plugin/tracing-switch/time-limit.ts';
import { fc, runs } from '../../helpers/fast-check.ts';
import type { Turn } from './model-aws.ts';
import { CutOff, ModelAws } from './model-aws.ts';

const NAME = 'take-payment';
const start = Date.UTC(2026, 10, 24, 16);
const second = 1000;
const longest = 600 * second;
const VARIABLES = { TABLE: 'orders', POWERTOOLS_TRACE_ENABLED: 'false' };

/** What a pause waits for: its turn. */
let turn: Turn = () => Promise.resolve();
vi.mock('node:timers/promises', () => ({ setTimeout: () => turn('a pause') }));

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
});
afterAll(() => {
  vi.useRealTimers();
});

interface Sent {
  readonly request: Exclude<SwitchRequest, { kind: 'time-over' }>;
  /** In which waves it is delivered: none, one, or, for a duplicate, two. What is late comes in a later wave. */
  readonly waves: readonly number[];
  /** After how many calls of AWS its first handling is cut off; the event is then tried again, or lost. */
  readonly cut?: { readonly calls: number; readonly isTriedAgain: boolean };
}

const WAVES = 2;
const event = fc.record({
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('slow', 'errors', 'memory', 'throttles') },
    { weight: 1, arbitrary: fc.constantFrom('on', 'on for a minute', 'off') },
  ),
  wave: fc.nat({ max: WAVES - 1 }),
  /** Whether it comes a wave late. */
  late: fc.constantFrom(0, 0, 0, 1),
  fate: fc.constantFrom('once', 'once', 'once', 'twice', 'lost'),
  cut: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({ calls: fc.nat({ max: 12 }), isTriedAgain: fc.constantFrom(true, true, false) }),
    },
  ),
});

/** Messages as CloudWatch and people send them: an alarm changes from OK to ALARM and back. */
const messages = fc.array(event, { minLength: 4, maxLength: 12 }).map((events): Sent[] => {
  const inAlarm = new Set<string>();
  return events
    .toSorted((a, b) => a.wave - b.wave)
    .map(({ what, wave, late, fate, cut }, index) => {
      const at = start + index * second + 123;
      const first = Math.min(wave + late, WAVES - 1);
      const waves = { once: [first], twice: [wave, first], lost: [] }[fate];
      return { request: requestOf(what, at, inAlarm), waves, ...(cut !== undefined && { cut }) };
    });
});

function requestOf(what: string, at: number, inAlarm: Set<string>): Sent['request'] {
  if (what === 'off') return { kind: 'off', by: 'ada', at };
  if (what === 'on') return { kind: 'on', by: 'ada', at };
  if (what === 'on for a minute') return { kind: 'on', by: 'ada', at, until: at + 60 * second };
  const state = inAlarm.has(what) ? 'OK' : 'ALARM';
  if (state === 'ALARM') inAlarm.add(what);
  else inAlarm.delete(what);
  const previousState = state === 'OK' ? 'ALARM' : 'OK';
  return { kind: 'alarm', alarmName: what, state, previousState, at, reason: 'Threshold Crossed', longest };
}

/** What is to be: until when tracing is on, `Infinity` for ever, undefined for off. */
function wanted(heard: ReadonlyArray<Sent['request']>, now: number): number | undefined {
  const off = Math.max(...heard.map((request) => (request.kind === 'off' ? request.at : -Infinity)));
  const newest = new Map<string, Sent['request']>();
  for (const request of heard.toSorted((a, b) => a.at - b.at))
    newest.set(request.kind === 'alarm' ? request.alarmName : request.kind, request);
  const ends = [...newest.values()].flatMap((request) => {
    if (request.at <= off) return [];
    if (request.kind === 'on') return [request.until ?? Infinity];
    return request.kind === 'alarm' && request.state === 'ALARM' ? [request.at + request.longest] : [];
  });
  const end = Math.max(...ends.filter((each) => each > now));
  return end === -Infinity ? undefined : end;
}

function schedule(epoch: number): string {
  return `at(${new Date(epoch).toISOString().slice(0, 19)})`;
}

/** Handles a message as an invocation does, with every call of AWS at a random turn. */
function handle(aws: ModelAws, request: SwitchRequest, calls = Infinity): Promise<unknown> {
  const client = aws.client(calls);
  const deadline = Date.now() + 3600 * second;
  return switchTracing(NAME, request, {
    functions: new LambdaFunctions(client as unknown as LambdaClient, deadline),
    timeLimit: new TimeLimit({
      client: client as unknown as SchedulerClient,
      group: 'group',
      roleArn: 'role',
      switchArn: 'switch',
      deadline,
    }),
    deadline,
  });
}

async function deliver(aws: ModelAws, { request, cut }: Sent, isFirst: boolean): Promise<void> {
  if (cut === undefined || !isFirst) {
    await handle(aws, request);
    return;
  }
  try {
    await handle(aws, request, cut.calls);
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    if (cut.isTriedAgain) await handle(aws, request);
  }
}

it('messages in any interleaving leave tracing as all that was heard demands, and never on for ever', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.scheduler(), async (sent, scheduler) => {
      vi.setSystemTime(start);
      turn = (what) => scheduler.schedule(Promise.resolve(), what);
      const aws = new ModelAws((what) => turn(what), VARIABLES);
      const isByHand = sent.some(({ request }) => request.kind === 'on' && request.until === undefined);
      // Whoever dies at whatever moment: there is a schedule for what is on.
      aws.watch = () => {
        if (!isByHand && aws.isTraced) expect(aws.schedule).toBeDefined();
      };

      for (let wave = 0; wave < WAVES; wave += 1) {
        vi.setSystemTime(start + (wave + 1) * 15 * second);
        const handled = sent.flatMap((each) =>
          each.waves.flatMap((when, nth) => (when === wave ? [deliver(aws, each, nth === 0)] : [])),
        );
        await scheduler.waitFor(Promise.all([...handled, aws.deploy(`orders-${wave}`)]));
      }

      const isUnfinished = sent.some(({ cut, waves }) => cut?.isTriedAgain === false && waves.length > 0);
      if (!isUnfinished) {
        const heard = sent.filter(({ waves }) => waves.length > 0).map(({ request }) => request);
        const end = wanted(heard, Date.now());
        expect(aws.isTraced).toBe(end !== undefined);
        if (end === undefined)
          expect(aws.configuration).toEqual({
            mode: 'PassThrough',
            variables: { ...VARIABLES, TABLE: 'orders-1' },
          });
        else if (end !== Infinity) expect(aws.schedule).toBe(schedule(end));
      }

      // An hour later, with the messages of all schedules delivered.
      aws.watch = () => undefined;
      vi.setSystemTime(start + 3600 * second);
      while (aws.schedule !== undefined) {
        const { until } = aws.runSchedule();
        await scheduler.waitFor(handle(aws, { kind: 'time-over', until }));
      }
      if (!isByHand)
        expect(aws.configuration).toEqual({
          mode: 'PassThrough',
          variables: { ...VARIABLES, TABLE: 'orders-1' },
        });
      expect(aws.tags.team).toBe('money');
    }),
    runs(200),
  );
}, 60_000);
