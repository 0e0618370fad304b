import { setTimeout as sleep } from 'node:timers/promises';
import type { AlarmSummary } from '../../local/cloudwatch/view.ts';
import type { Addresses, Observer } from './observe.ts';
import type { Traffic } from './traffic.ts';
import { until } from './until.ts';

export interface StoryOptions {
  readonly addresses: Addresses;
  readonly observer: Observer;
  readonly traffic: Traffic;
  /** Begins a chapter. */
  readonly chapter: (title: string) => void;
  /** Says what to know or where to look. */
  readonly say: (text: string) => void;
  /** Says what has just happened. */
  readonly happened: (text: string) => void;
  /** Real milliseconds for which it stays slow when everything has been found. */
  readonly timeToLook: number;
  readonly signal: AbortSignal;
}

/** A sku that is paid for at once, and the one whose payment takes two seconds: `src/orders/payment.ts`. */
export const HEALTHY_SKU = 'tea';
export const SLOW_SKU = 'slow-teapot';
/** The one whose payment fails. */
const BROKEN_SKU = 'broken-strainer';
/** Seconds; a little less than a slow payment takes, because clocks of two processes are compared. */
export const SLOW_SECONDS = 1.9;

/** Enough to see what is normal, before something is not. */
const HEALTHY_ORDERS = 12;
const DEADLINE_MS = 60_000;

/** What on-alarm writes on a function about an alarm: when it changed its state, and as the value when it ends, and why. */
const TAG_PREFIX = 'lantern:tracing:';

/** Tells and shows how a slow dependency is found. @throws Error when something does not happen in time. */
export async function tellStory(options: StoryOptions): Promise<void> {
  const { addresses, observer, traffic, chapter, say, happened, timeToLook, signal } = options;
  const { page } = addresses;
  let alarm: AlarmSummary | undefined;

  const wait = <Answer>(what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> => {
    const state = (): string => {
      const failures = traffic.failures();
      return [
        alarm === undefined ? '' : ` The alarm is ${alarm.state}: ${alarm.reason}`,
        failures.length === 0 ? '' : ` ${failures.length} orders failed, the last one: ${failures.at(-1)}`,
      ].join('');
    };
    return until(ask, { what, deadlineMs: DEADLINE_MS, signal, state });
  };
  const reach = (state: AlarmSummary['state']): Promise<AlarmSummary> =>
    wait(`the alarm is ${state}`, async () => {
      alarm = await observer.durationAlarm();
      return alarm.state === state ? alarm : undefined;
    });
  const switched = (on: boolean) =>
    wait(`tracing is ${on ? 'on' : 'off'}`, async () => {
      const tracing = await observer.tracing();
      return tracing.on === on ? tracing : undefined;
    });

  chapter('A healthy shop');
  say('Orders come in, each is paid for at once. Tracing is off: no traces, and nothing to pay for them.');
  say(`Alarms   ${page}/alarms`);
  say(`Metrics  ${page}/metrics`);
  await wait(`${HEALTHY_ORDERS} orders are placed`, () =>
    Promise.resolve(traffic.placed() >= HEALTHY_ORDERS || undefined),
  );
  const { name } = await reach('OK');
  await switched(false);
  const tracesBefore = await observer.traceCount();
  happened(`${name} is OK, tracing is off, ${tracesBefore} traces after ${traffic.placed()} orders.`);

  chapter('Payments turn slow');
  say('From now on each payment takes two seconds. No error, nothing in the logs: only the duration tells.');
  traffic.order(SLOW_SKU);
  const alarmed = await reach('ALARM');
  happened(`${name} is in ALARM.`);
  say(alarmed.condition);
  say(alarmed.reason);
  say(`The chart, with its red points  ${page}/alarms/${encodeURIComponent(name)}`);
  const { tags } = await switched(true);
  happened(
    'The function on-alarm, which hears of every alarm of the service, turned tracing on for take-payment.',
  );
  for (const [key, value] of Object.entries(tags)) if (key.startsWith(TAG_PREFIX)) say(`${key}  ${value}`);
  const slow = await wait('a trace shows the slow payment', () => observer.slowTrace(SLOW_SECONDS));
  happened(
    `There are traces now. This one shows where the time goes: chargeCard, ${slow.seconds.toFixed(1)} s.`,
  );
  say(`${page}/traces/${slow.id}`);
  if (timeToLook > 0) {
    say(`Payments stay slow for ${timeToLook / 1000} s more, so that you can look.`);
    await sleep(timeToLook, undefined, { signal });
  }

  chapter('The cause is removed');
  say('The payment provider is fast again.');
  traffic.order(HEALTHY_SKU);
  await reach('OK');
  happened(`${name} is OK again.`);
  await switched(false);
  happened('on-alarm turned tracing off. It costs nothing again until the next alarm.');

  const fastBurn = await tellBurn(options, wait);

  chapter('What to look at now');
  say(`What happened, and when  ${page}/alarms/${encodeURIComponent(name)}`);
  say('Press a red point of its chart to see the traces of that minute.');
  say(`The slow payment         ${page}/traces/${slow.id}`);
  say(`The page, and its ending ${page}/alarms/${encodeURIComponent(fastBurn)}`);
}

type Wait = <Answer>(what: string, ask: () => Promise<Answer | undefined>) => Promise<Answer>;

/** Tells and shows how an error budget is spent: a page, the end of its cause, and a budget that stays spent. @returns who paged */
async function tellBurn(
  { addresses: { page }, observer, traffic, chapter, say, happened }: StoryOptions,
  wait: Wait,
): Promise<string> {
  const reach = (part: string, state: AlarmSummary['state']): Promise<AlarmSummary> =>
    wait(`the alarm ${part} of the API is ${state}`, async () => {
      const alarm = await observer.budgetAlarm(part);
      return alarm.state === state ? alarm : undefined;
    });

  chapter('Payments fail');
  say(
    '99.9 % of the requests are promised to succeed. From now on the payment provider closes every connection.',
  );
  const { name } = await reach('fastBurn', 'OK');
  traffic.order(BROKEN_SKU);
  await reach('fastBurn', 'ALARM');
  happened(`${name} is in ALARM: the budget is spent so fast that somebody is paged.`);
  await reach('burn-1h', 'ALARM');
  const message = await wait('the message says what is wrong', async () => {
    const { message: text } = await observer.alarmPage(name);
    return text?.includes('Error budget') === true ? text : undefined;
  });
  say('What whoever is paged reads, where a function composes it (docs/alarms.md, "Composed messages"):');
  for (const line of message.split('\n')) say(`| ${line}`);
  say(`${page}/alarms/${encodeURIComponent(name)}`);

  chapter('The cause is removed, the budget stays spent');
  say('Payments succeed again. The page is over as soon as its short windows no longer see a failure.');
  traffic.order(HEALTHY_SKU);
  await reach('fastBurn', 'OK');
  happened(`${name} is OK again.`);
  const day = await reach('burn-24h-1x', 'ALARM');
  const slow = await reach('slowBurn', 'ALARM');
  happened(`${slow.name} is still in ALARM: of what the day allows, more is spent than there was.`);
  say(day.reason);
  say('What a page has told is no second message: its suppressor holds the ticket back.');
  return name;
}
