import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startXRay } from '../local/start-xray.ts';
import { parseFilter } from '../local/xray/filter/parse-filter.ts';
import type { SegmentDocument } from '../local/xray/document.ts';
import { TraceStore } from '../local/xray/trace-store.ts';
import { duration, median } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What the store of Lantern local promises: how long a search among 100,000 traces takes, and how many segments a second
 * come in through the API and over UDP, with what was lost counted. Senders are processes of their own.
 */
const TRACES = 100_000;
const ROUNDS = 5;
const folder = mkdtempSync(join(tmpdir(), 'lantern-bench-'));
const file = join(folder, 'traces.sqlite');
const [begin] = [Date.now() / 1000 - 7200];

/** One order: a function that calls a table and a bank. Most is well; one in a thousand is not. */
function order(number: number): SegmentDocument[] {
  const start = begin + number / 20;
  const id = number.toString(16).padStart(24, '0');
  const trace_id = `1-${Math.floor(start).toString(16)}-${id}`;
  const isBad = number % 1000 === 7;
  return [
    {
      id: '0000000000000001',
      trace_id,
      name: `service-${number % 20}`,
      origin: 'AWS::Lambda::Function',
      start_time: start,
      end_time: start + (isBad ? 6 : (number % 100) / 100),
      fault: isBad,
      http: {
        request: { method: 'POST', url: `https://shop/orders/${number % 5000}` },
        response: { status: isBad ? 500 : 200 },
      },
      annotations: {
        order: `o-${number}`,
        plan: number % 3 === 0 ? 'gold' : 'free',
        total: number % 777,
        CorrelationId: id,
      },
      subsegments: [
        {
          id: '0000000000000002',
          name: 'DynamoDB',
          namespace: 'aws',
          aws: { operation: 'PutItem', table_name: 'orders' },
          start_time: start,
          end_time: start + 0.01,
        },
        {
          id: '0000000000000003',
          name: 'bank',
          namespace: 'remote',
          fault: isBad,
          start_time: start + 0.02,
          end_time: start + 0.03,
        },
      ],
    },
  ];
}

const SEARCHES = [
  ['nothing: the newest', ''],
  ['annotation.order = "o-4711"', 'annotation.order = "o-4711"'],
  ['correlationid', `correlationid = "${(4711).toString(16).padStart(24, '0')}"`],
  ['annotation.plan = "gold" (a third)', 'annotation.plan = "gold"'],
  ['service("service-3")', 'service("service-3")'],
  ['service("bank") { fault }', 'service("bank") { fault }'],
  ['fault AND duration > 5', 'fault AND duration > 5'],
  ['http.url CONTAINS "orders/4999"', 'http.url CONTAINS "orders/4999"'],
  ['annotation.order ENDSWITH "99999"', 'annotation.order ENDSWITH "99999"'],
  ['annotation.plan = "none"', 'annotation.plan = "none"'],
  ['!annotation.plan = "gold" AND responsetime > 0.98', '!annotation.plan = "gold" AND responsetime > 0.98'],
  ['edge("service-7", "bank") { fault }', 'edge("service-7", "bank") { fault }'],
] as const;

function timed(work: () => unknown): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start);
}

async function search(): Promise<void> {
  const store = new TraceStore({ file, onNotice: (text) => console.log(text) });
  const writing = timed(() => {
    for (let number = 0; number < TRACES; number += 1) {
      for (const document of order(number)) store.put(document);
      if (number % 5000 === 0) store.list(1);
    }
    store.list(1);
  });
  console.log(
    `${TRACES} traces of one document written in ${duration(writing)}, ${Math.round(statSync(file).size / 1e6)} MB`,
  );
  const rows = SEARCHES.map(([name, text]) => {
    const filter = parseFilter(text);
    let found = 0;
    const times = Array.from({ length: ROUNDS }, () =>
      timed(() => (found = store.search({ filter, limit: 100 }).traces.length)),
    );
    return [name, String(found), duration(median(times)), duration(Math.max(...times))];
  });
  for (const [name, range, changed] of [
    ['the graph of everything', {}],
    ['the same graph again', {}],
    ['the graph after one more trace', {}, TRACES],
    ['the graph after a late segment', {}, 10],
    ['the graph of five minutes', { from: begin + 600, to: begin + 900 }],
  ] as const) {
    for (const document of changed === undefined ? [] : order(changed)) {
      store.put({ ...document, id: '0000000000000009' });
    }
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = process.hrtime.bigint();
    await store.graph(range);
    const took = Number(process.hrtime.bigint() - start);
    delay.disable();
    rows.push([name, '', duration(took), `held up others for ${duration(delay.max)} at most`]);
  }
  rows.push(['what is known', '', duration(timed(() => store.known())), '']);
  store.close();
  rows.push(['opening the file', '', duration(timed(() => new TraceStore({ file }).close())), '']);
  console.log(table(['search', 'found', 'median', 'slowest'], rows));
}

/** Runs a program in a process of its own, and waits for its end. */
async function run(code: string): Promise<void> {
  const child = spawn(process.execPath, ['--eval', code], { stdio: 'inherit' });
  const [exit] = (await once(child, 'close')) as [number | null];
  if (exit !== 0) throw new Error(`A sender ended with ${exit}`);
}

/** Segments that are sent, five to a trace. */
const SEGMENTS = 100_000;
const DOCUMENTS = `
  const begin = Math.floor(Date.now() / 1000);
  const documentOf = (number) => JSON.stringify({
    id: number.toString(16).padStart(16, '0'), name: 'service-' + (number % 5),
    trace_id: '1-' + begin.toString(16) + '-' + Math.floor(number / 5).toString(16).padStart(24, '0'),
    start_time: begin, end_time: begin + 0.5, annotations: { order: 'o-' + Math.floor(number / 5) },
    ...(number % 5 > 0 && { parent_id: (number - 1).toString(16).padStart(16, '0') }),
    http: { request: { method: 'GET', url: 'https://shop/orders' }, response: { status: 200 } },
  });`;

/** What the receiver worked, which does not depend on what else the machine does. */
function coreSeconds(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since);
  return `${((user + system) / 1e6).toFixed(1)} s`;
}

async function receive(): Promise<void> {
  const service = await startXRay({
    port: 0,
    daemonPort: 0,
    file: join(folder, 'received.sqlite'),
    onNotice: (text) => console.log(text),
  });
  const count = async (): Promise<number> => {
    const range = { StartTime: 0, EndTime: Date.now() / 1000 + 1000 };
    const response = await fetch(`${service.url}/ServiceGraph`, {
      method: 'POST',
      body: JSON.stringify(range),
    });
    const { Services } = (await response.json()) as {
      Services: { Type?: string; SummaryStatistics?: { TotalCount: number } }[];
    };
    return Services.reduce(
      (sum, { Type, SummaryStatistics }) =>
        sum + (Type === 'client' ? 0 : (SummaryStatistics?.TotalCount ?? 0)),
      0,
    );
  };
  const rows: string[][] = [];
  const api = Date.now();
  const apiStart = process.cpuUsage();
  await run(`${DOCUMENTS}
    const bodies = Array.from({ length: ${SEGMENTS} / 50 }, (_, batch) => JSON.stringify({
      TraceSegmentDocuments: Array.from({ length: 50 }, (_, index) => documentOf(batch * 50 + index)) }));
    const { Agent, request } = require('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const sender = async () => { for (let body = bodies.pop(); body; body = bodies.pop()) await new Promise((resolve, reject) => {
      const sent = request('${service.url}/TraceSegments', { method: 'POST', agent, headers: { 'content-length': Buffer.byteLength(body) } }, (response) => response.resume().on('end', resolve));
      sent.on('error', reject); sent.end(body); }); };
    Promise.all([sender(), sender(), sender(), sender()]).then(() => agent.destroy());`);
  const apiSeconds = (Date.now() - api) / 1000;
  rows.push([
    'API, 50 a request',
    String(SEGMENTS),
    apiSeconds.toFixed(1),
    String(Math.round(SEGMENTS / apiSeconds)),
    String(SEGMENTS - (await count())),
  ]);
  rows.at(-1)?.push(coreSeconds(apiStart));
  await fetch(`${service.url}/api/traces`, { method: 'DELETE' });
  const rate = 10_000;
  const udp = Date.now();
  const udpStart = process.cpuUsage();
  await run(`${DOCUMENTS}
    const socket = require('node:dgram').createSocket('udp4');
    const [host, port] = '${service.daemonAddress}'.split(':');
    let sent = 0; const start = performance.now();
    const timer = setInterval(() => {
      const due = Math.min(${SEGMENTS}, Math.floor((performance.now() - start) / 1000 * ${rate}));
      for (; sent < due; sent += 1) socket.send('{"format":"json","version":1}\\n' + documentOf(sent), Number(port), host);
      if (sent === ${SEGMENTS}) { clearInterval(timer); setTimeout(() => socket.close(), 200); }
    }, 1);`);
  const udpSeconds = (Date.now() - udp) / 1000;
  await sleep(1500);
  const arrived = await count();
  const { losses } = (await (await fetch(`${service.url}/api/traces`)).json()) as {
    losses: { droppedDatagrams: number };
  };
  rows.push([
    `UDP, ${rate} a second`,
    String(SEGMENTS),
    udpSeconds.toFixed(1),
    String(Math.round(arrived / udpSeconds)),
    `${SEGMENTS - arrived}, of which ${losses.droppedDatagrams} are counted`,
  ]);
  rows.at(-1)?.push(coreSeconds(udpStart));
  console.log(table(['came by', 'sent', 'seconds', 'a second', 'lost', 'of a core'], rows));
  await service.stop();
}

try {
  await search();
  console.log('');
  await receive();
} finally {
  rmSync(folder, { recursive: true });
}
