import { describe, expect, it } from 'vitest';
import type { PlannedAlarm } from '../../../plugin/alarms/alarm-plan.ts';
import { anomalyBand } from '../../../plugin/alarms/plan-alarms.ts';
import type { Added } from '../../../plugin/cost/estimate-cost.ts';
import { estimateCost } from '../../../plugin/cost/estimate-cost.ts';
import { alarmOn, functionNamed, mathAlarmOn } from '../dashboard/inventories.ts';
import { fc } from '../../helpers/fast-check.ts';

const pay = functionNamed('pay');
const simple = alarmOn(pay, { metricName: 'Duration', statistic: 'p99' });
const fast = alarmOn(pay, { metricName: 'Duration', statistic: 'p99', period: 10 });
const banded: PlannedAlarm =
  simple.metric.kind === 'stat' ? { ...simple, ...anomalyBand(simple.metric, 2) } : simple;

const NOTHING: Added = {
  alarms: [],
  compositeAlarms: 0,
  metricFilters: 0,
  eventSourceMetrics: 0,
  dashboards: [],
  protectedShare: 0,
  errorLinesShare: 0,
  logAlarms: 0,
  keys: 0,
  emailSubscriptions: 0,
};

const BUSY = { requestsPerMonth: 1_000_000, sampling: 0 };
const QUIET = { requestsPerMonth: 0, sampling: 0 };

function estimate(added: Partial<Added>, traffic = QUIET, region = 'us-east-1') {
  return estimateCost({ added: { ...NOTHING, ...added }, traffic, region });
}

function lineOf(what: string, ...given: Parameters<typeof estimate>) {
  return estimate(...given).lines.find((line) => line.what === what);
}

describe('the bill of alarms', () => {
  it.each([
    ['one metric', simple, 0.1],
    ['each metric of metric math', mathAlarmOn(pay), 0.2],
    ['the metric and both bounds of an anomaly band', banded, 0.3],
  ])('counts %s', (_what, alarm, usd) => {
    expect(lineOf('Metrics of alarms', { alarms: [alarm] })?.full).toBe(usd);
  });

  it('has ten custom metrics free, for filters before event sources', () => {
    const added = { metricFilters: 8, eventSourceMetrics: 6 };
    expect(lineOf('Metrics made by metric filters', added)).toMatchObject({
      free: 8,
      full: 2.4,
      afterFree: 0,
    });
    expect(lineOf('Metrics of event sources', added)).toMatchObject({ free: 2, full: 1.8, afterFree: 1.2 });
  });

  it('has ten metrics free, and none of an alarm below a minute, which costs three times as much', () => {
    const alarms = [...Array.from({ length: 12 }, () => simple), fast];

    expect(estimate({ alarms }).lines.slice(0, 2)).toEqual([
      { what: 'Metrics of alarms', quantity: 12, unitPrice: 0.1, free: 10, full: 1.2, afterFree: 0.2 },
      {
        what: 'Metrics of alarms, high resolution',
        quantity: 1,
        unitPrice: 0.3,
        free: 0,
        full: 0.3,
        afterFree: 0.3,
      },
    ]);
  });

  it('has no composite alarm free', () => {
    expect(lineOf('Composite alarms', { compositeAlarms: 2 })).toMatchObject({ full: 1, afterFree: 1 });
  });
});

describe('the bill of dashboards', () => {
  it.each([
    [[50], 0],
    [[51], 3],
    [[10, 10, 10, 10], 3],
    [[60, 10], 3],
    [[60, 70], 6],
  ])('of %j metrics is %d USD', (counts, usd) => {
    const dashboards = counts.map((metricCount) => ({ metricCount }));

    expect(lineOf('Dashboards', { dashboards })).toMatchObject({ full: counts.length * 3, afterFree: usd });
  });

  it('has the logs that the dashboards scan, dearer in Ireland', () => {
    const busy = { requestsPerMonth: 100_000_000, sampling: 0 };
    const dashboards = [{ metricCount: 10 }];
    // 200 GB a month are 0.8219 GB in three hours, a hundred times looked at.
    const line = lineOf('GB of logs that dashboards scan', { dashboards }, busy, 'eu-west-1');

    expect(line?.quantity).toBeCloseTo(82.1918, 4);
    expect(line?.full).toBeCloseTo(82.1918 * 0.0057, 4);
    expect(line?.afterFree).toBeCloseTo(77.1918 * 0.0057, 4);
  });
});

describe('the bill of alarms on error lines', () => {
  it('is of the logs that their queries scan, each line once', () => {
    // 20 GB a month, of which they read three quarters; in Ireland.
    const busy = { requestsPerMonth: 10_000_000, sampling: 0 };
    const added = { errorLinesShare: 0.75, logAlarms: 1 };
    expect(lineOf('GB of logs that log alarms scan', added, busy, 'eu-west-1')).toMatchObject({
      quantity: 15,
      free: 5,
      full: 0.0855,
      afterFree: 0.057,
    });
  });

  it('has free what the dashboards leave of what is free to scan', () => {
    const busy = { requestsPerMonth: 1_000_000_000, sampling: 0 };
    const added = { errorLinesShare: 1, logAlarms: 2, dashboards: [{ metricCount: 10 }] };
    expect(lineOf('GB of logs that log alarms scan', added, busy)).toMatchObject({ quantity: 2000, free: 0 });
  });

  it('counts their notifications, and says what is not known of their price', () => {
    expect(lineOf('Notifications published', { logAlarms: 2 })?.quantity).toBe(8);
    const says = (logAlarms: number) =>
      estimate({ logAlarms }).notes.join(' ').includes('price of the alarm itself');
    expect([says(0), says(1)]).toEqual([false, true]);
  });
});

describe('the bill of data protection', () => {
  it.each([
    [1, 1_000_000, 2, 0.24],
    [0.5, 10_000_000, 10, 1.2],
  ])('of %d of the logs of %d requests is of %d GB', (protectedShare, requestsPerMonth, gb, usd) => {
    const given = [{ protectedShare }, { requestsPerMonth, sampling: 0 }] as const;

    expect(lineOf('GB of logs that data protection scans', ...given)).toMatchObject({
      quantity: gb,
      full: usd,
      afterFree: usd,
    });
    expect(estimate(...given).notes.join('\n')).toContain('not seen on its price list');
  });

  it('is none where no log is protected', () => {
    const added = { protectedShare: 0 };
    expect(lineOf('GB of logs that data protection scans', added, BUSY)).toBeUndefined();
    expect(estimate(added, BUSY).notes.join('\n')).not.toContain('data protection');
  });
});

describe('the bill of traces', () => {
  it.each([
    [2_000 * 24 * 31, 0.1, 0.744, 0.244],
    [1_000_000, 0.05, 0.25, 0],
    [50_000_000, 1, 250, 249.5],
    [1_000_000, 0, undefined, undefined],
  ])('of %d requests at %d is the one of the price page', (requestsPerMonth, sampling, full, afterFree) => {
    const line = lineOf('Traces recorded', {}, { requestsPerMonth, sampling });

    expect([line?.full, line?.afterFree]).toEqual([full, afterFree]);
  });
});

describe('the bill of composed messages', () => {
  it.each([
    ['x86_64', 0.000_016_666_7],
    ['arm64', 0.000_013_333_4],
  ] as const)(
    'is the run of their function on %s, and each notification a second time',
    (architecture, gbSecond) => {
      const added = { compositeAlarms: 50, messenger: { memorySize: 512, architecture } };
      // 200 messages of 4 s with half a GB.
      expect(lineOf('GB-seconds that compose messages', added)).toMatchObject({
        quantity: 400,
        unitPrice: gbSecond,
        afterFree: 0,
      });
      expect(lineOf('Notifications published', added)?.quantity).toBe(400);
      expect(estimate(added).notes.join('\n')).toContain('Composing a message');
    },
  );

  it('is none where CloudWatch tells itself', () => {
    expect(lineOf('GB-seconds that compose messages', { compositeAlarms: 50 })).toBeUndefined();
    expect(lineOf('Notifications published', { compositeAlarms: 50 })?.quantity).toBe(200);
  });
});

describe('the whole bill', () => {
  it('of a service of four functions is the one reckoned by hand', () => {
    const added: Added = {
      // 30 metrics: metric math has two in each.
      alarms: [
        ...Array.from({ length: 20 }, () => simple),
        ...Array.from({ length: 5 }, () => mathAlarmOn(pay)),
      ],
      compositeAlarms: 1,
      metricFilters: 12,
      eventSourceMetrics: 0,
      dashboards: [{ metricCount: 45 }, { metricCount: 90 }],
      protectedShare: 0,
      errorLinesShare: 0,
      logAlarms: 0,
      keys: 1,
      emailSubscriptions: 1,
    };

    const { lines, total } = estimate(added, { requestsPerMonth: 10_000_000, sampling: 0.05 });

    expect(lines.map(({ what, full, afterFree }) => [what, full, afterFree])).toEqual([
      ['Metrics of alarms', 3, 2],
      ['Composite alarms', 0.5, 0.5],
      ['Metrics made by metric filters', 3.6, 0.6],
      ['Dashboards', 6, 3],
      // 20 GB of logs a month: 2 dashboards, 100 times 82 MB.
      ['GB of logs that dashboards scan', 0.082192, 0.057192],
      ['Traces recorded', 2.5, 2],
      ['Keys of KMS', 1, 1],
      // 26 alarms, 4 notifications each.
      ['Requests to KMS', 0.000312, 0],
      ['Notifications published', 0.000052, 0],
      ['E-mails', 0.00208, 0],
    ]);
    expect(total).toEqual({ full: 16.684636, afterFree: 9.157192 });
  });

  it('is empty where nothing is added', () => {
    expect(estimate({})).toMatchObject({ lines: [], total: { full: 0, afterFree: 0 } });
  });

  it('says which prices are not certain', () => {
    expect(estimate({}, QUIET, 'us-east-1').notes.join()).not.toMatch(/verified|No prices/);
    expect(estimate({}, QUIET, 'eu-west-1').notes[0]).toMatch(/^Not verified for eu-west-1.*compositeAlarm/);
    expect(estimate({}, QUIET, 'ap-south-1').notes[0]).toBe(
      'No prices are known for ap-south-1, only for us-east-1 and eu-west-1: these are those of us-east-1.',
    );
  });

  it('never falls when something is added, and is never below zero nor above the price without free tier', () => {
    const bill = fc.record({
      compositeAlarms: fc.nat(5),
      metricFilters: fc.nat(50),
      eventSourceMetrics: fc.nat(50),
      dashboards: fc.array(fc.record({ metricCount: fc.nat(100) }), { maxLength: 6 }),
      keys: fc.nat(2),
      emailSubscriptions: fc.nat(3),
      alarms: fc.array(fc.constantFrom(simple, fast, banded, mathAlarmOn(pay)), { maxLength: 40 }),
    });
    const traffic = fc.record({
      requestsPerMonth: fc.nat(1_000_000_000),
      sampling: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(bill, bill, traffic, (one, more, busy) => {
        const { total } = estimate(one, busy);
        const both = estimate(
          {
            compositeAlarms: one.compositeAlarms + more.compositeAlarms,
            metricFilters: one.metricFilters + more.metricFilters,
            eventSourceMetrics: one.eventSourceMetrics + more.eventSourceMetrics,
            dashboards: [...one.dashboards, ...more.dashboards],
            keys: one.keys + more.keys,
            emailSubscriptions: one.emailSubscriptions + more.emailSubscriptions,
            alarms: [...one.alarms, ...more.alarms],
          },
          busy,
        ).total;

        expect(total.afterFree).toBeGreaterThanOrEqual(0);
        expect(total.afterFree).toBeLessThanOrEqual(total.full);
        expect(both.full).toBeGreaterThanOrEqual(total.full);
        expect(both.afterFree).toBeGreaterThanOrEqual(total.afterFree);
      }),
    );
  });
});
