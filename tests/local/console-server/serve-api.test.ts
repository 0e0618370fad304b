import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AlarmListing, AlarmPage, MetricsPage } from '../../../local/cloudwatch/view.ts';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import type { ServiceInfo, TraceListing } from '../../../local/console-contract.ts';
import { TraceStore } from '../../../local/xray/trace-store.ts';
import { alarmSummary, DURATION_ALARM, metricChart, shopAlarms } from '../../fixtures/console/alarms.ts';
import { shopService } from '../../fixtures/console/entities.ts';
import { scriptCloudWatch } from '../../fixtures/console/scripted-cloudwatch.ts';
import type { ScriptedCloudWatch } from '../../fixtures/console/scripted-cloudwatch.ts';
import { segment, traceId } from '../xray/fixtures.ts';
import { PATIENT } from '../../helpers/until.ts';
import { listenToEvents } from './listen-to-events.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-24T12:00:00Z');

let store: TraceStore;
let cloudWatch: ScriptedCloudWatch;
let service: ServiceInfo;
let server: ConsoleServer;
let url: string;

beforeEach(async () => {
  store = new TraceStore();
  service = shopService;
  cloudWatch = scriptCloudWatch({
    alarms: [...shopAlarms(START), alarmSummary('an odd/name ü')],
    charts: {
      [DURATION_ALARM]: metricChart([0, 1, 2].map((index) => ({ at: START + index * MINUTE, value: index }))),
    },
    actions: [],
    minuteMs: MINUTE,
    range: () => ({ from: START, to: START + 3 * MINUTE }),
  });
  server = new ConsoleServer({
    store,
    cloudWatch,
    port: 0,
    staticDirectory: import.meta.dirname,
    serviceInfo: () => service,
  });
  ({ url } = await server.start());
});

afterEach(() => server.stop());

async function read<T>(path: string): Promise<T> {
  const response = await fetch(url + path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

describe('the API of alarms and metrics', () => {
  it('lists the alarms, those in ALARM first', async () => {
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too slow');
    const listing = await read<AlarmListing>('/api/alarms');
    expect(listing).toEqual(cloudWatch.alarms());
    expect(listing.alarms[0]).toMatchObject({ name: DURATION_ALARM, state: 'ALARM', reason: 'too slow' });
  });

  it('gives one alarm with its history, and its chart in the range asked for', async () => {
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too slow');
    const path = `/api/alarms/${DURATION_ALARM}`;
    expect((await read<AlarmPage>(path)).chart?.series[0]?.points).toHaveLength(3);
    const page = await read<AlarmPage>(`${path}?from=${START + MINUTE}&to=${START + 2 * MINUTE}`);
    expect(page.history).toMatchObject([{ from: 'OK', to: 'ALARM' }]);
    expect(page.chart?.series[0]?.points).toEqual([{ at: START + MINUTE, value: 1 }]);
  });

  it('finds an alarm whose name an address cannot hold as it is', async () => {
    const name = 'an odd/name ü';
    expect((await read<AlarmPage>(`/api/alarms/${encodeURIComponent(name)}`)).alarm.name).toBe(name);
  });

  it('gives metrics in the range asked for', async () => {
    const range = { from: START + MINUTE, to: START + 2 * MINUTE };
    const page = await read<MetricsPage>(`/api/metrics?from=${range.from}&to=${range.to}`);
    expect(page.range).toEqual(range);
    expect(page.groups[0]).toMatchObject({ kind: 'function', name: 'take-payment' });
  });

  it('answers 404 with the name of the alarm that there is not', async () => {
    for (const name of ['missing', '%E0%A4%A']) {
      const response = await fetch(`${url}/api/alarms/${name}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ message: `There is no alarm ${name}.` });
    }
  });

  it('has nothing, and no failure, where nothing is measured', async () => {
    const bare = new ConsoleServer({
      store,
      port: 0,
      staticDirectory: import.meta.dirname,
      serviceInfo: () => service,
    });
    const { url: bareUrl } = await bare.start();
    try {
      const ask = async (path: string) => (await fetch(bareUrl + path)).json();
      expect(await ask('/api/alarms')).toEqual({ alarms: [], minuteMs: MINUTE });
      expect(await ask('/api/metrics?from=1&to=2')).toEqual({
        groups: [],
        range: { from: 1, to: 2 },
        minuteMs: MINUTE,
      });
    } finally {
      await bare.stop();
    }
  });
});

describe('a time range in the API', () => {
  it('chooses the traces that overlap it', async () => {
    // Each takes a second, and they begin at 1, 2, ... seconds.
    const times = [10, 20, 30];
    for (const [index, start] of times.entries()) {
      store.put(segment(index, { trace_id: traceId(index), start_time: start, end_time: start + 1 }));
    }
    const listed = async (from: number, to: number) =>
      (await read<TraceListing>(`/api/traces?from=${from}&to=${to}`)).traces.map(
        ({ startTime }) => startTime,
      );
    expect(await listed(0, 60_000)).toEqual([30, 20, 10]);
    expect(await listed(20_500, 30_001)).toEqual([30, 20]);
    expect(await listed(11_001, 20_000)).toEqual([]);
    expect(await listed(11_000, 20_000)).toEqual([10]);
  });

  it('is looked for in every trace before the list is cut', async () => {
    for (let index = 0; index < 300; index += 1) {
      store.put(segment(index, { trace_id: traceId(index), start_time: index, end_time: index + 0.5 }));
    }
    const { traces } = await read<TraceListing>('/api/traces?from=0&to=2400&limit=2');
    expect(traces.map(({ startTime }) => startTime)).toEqual([2, 1]);
  });

  it.each([
    '?from=1',
    '?to=1',
    '?from=2&to=1',
    '?from=1&to=1',
    '?from=a&to=2',
    '?from=-1&to=2',
    '?from=&to=2',
    '?from=1.5&to=2',
    '?from=1&to=9999999999999999',
  ])('%s is refused with what was expected', async (query) => {
    for (const path of ['/api/traces', '/api/metrics', `/api/alarms/${DURATION_ALARM}`]) {
      const response = await fetch(url + path + query);
      expect(response.status).toBe(400);
      const { message } = (await response.json()) as { message: string };
      expect(message).toMatch(/^Expected "from" and "to" together.*whole milliseconds.*; got .+\.$/);
    }
  });

  it('is quoted in the refusal as it came', async () => {
    const response = await fetch(`${url}/api/metrics?from=yesterday`);
    expect(await response.text()).toContain('got from=\\"yesterday\\" and no \\"to\\".');
  });
});

describe('the events of alarms and the service', () => {
  it('tell of an alarm as it is in the end', async () => {
    const { events } = await listenToEvents(url);
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too slow');
    cloudWatch.turn(DURATION_ALARM, 'OK', 'fast again');
    await vi.waitFor(() => expect(events).toHaveLength(1), PATIENT);
    expect(events[0]).toMatchObject({
      name: 'alarm',
      data: { name: DURATION_ALARM, state: 'OK', reason: 'fast again' },
    });
  });

  it('tell of tracing that was switched while the service runs', async () => {
    const { events } = await listenToEvents(url);
    service = {
      ...service,
      functions: service.functions.map((each) => ({ ...each, tracing: each.key === 'take-payment' })),
    };
    server.serviceChanged();
    await vi.waitFor(() => expect(events).toEqual([{ name: 'service', data: service }]), PATIENT);
    expect(await read('/api/service')).toEqual(service);
  });

  it('are no longer listened for once the server has stopped', async () => {
    await server.stop();
    cloudWatch.turn(DURATION_ALARM, 'ALARM', 'too slow');
    server.serviceChanged();
    ({ url } = await server.start());
    const { events } = await listenToEvents(url);
    cloudWatch.turn(DURATION_ALARM, 'OK', 'fast again');
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { state: 'OK' } }]), PATIENT);
  });
});
