import { execFile, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compilePackage } from '../scripts/compile-package.ts';
import { bundle } from './recorders/bundle.ts';
import type { Cost } from './recorders/costs.ts';
import { markdownTable, writeResults } from './recorders/results.ts';
import { BASE, PEER_SUBJECTS, RIVAL, SUBJECTS } from './recorders/subjects.ts';
import type { Subject } from './recorders/subjects.ts';
import { installPeers, RECORDER_PEERS } from './support/peers.ts';
import { interleave } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What recorders cost, ours beside those of others: a cold start, the loading of the recorder alone, one invocation, and what
 * arrives at the daemon. With `--peers` others are installed and measured too. With `--write` the tables are put into RESULTS.md too.
 */
const COLD_ROUNDS = 25;
const COLD_WARM_UPS = 2;
const WARM_ROUNDS = 15;
const WARM_UPS = 3;
const INVOCATIONS_PER_ROUND = 1000;
const RECEIVE_BUFFER = 8 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** What one subject has cost, round by round. */
interface Measured {
  readonly cold: Cost[];
  readonly load: Cost[];
  readonly warm: Cost[];
}

/** A subject as it is measured: its bundles, and a daemon of its own. */
interface Contestant {
  readonly subject: Subject;
  readonly file: string;
  readonly loads: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly received: { datagrams: number; bytes: number };
  readonly close: () => void;
}

/** @param peer resolves modules of the peer that the subject is made of. */
async function prepare(
  subject: Subject,
  folder: string,
  published: string,
  peer?: NodeJS.Require,
): Promise<Contestant> {
  const bundled = (source: string): Promise<string> =>
    bundle(`subjects/${source}`, join(folder, source), published, peer?.resolve('@opentelemetry/api'));
  const file = await bundled(subject.source);
  const loads = subject.loads === undefined ? undefined : await bundled(subject.loads);
  const received = { datagrams: 0, bytes: 0 };
  const socket = createSocket('udp4').on('message', ({ byteLength }) => {
    received.datagrams += 1;
    received.bytes += byteLength;
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(RECEIVE_BUFFER);
  return {
    subject,
    file,
    loads,
    env: {
      ...process.env,
      NODE_OPTIONS: subject.preload === undefined ? '' : `--require ${peer?.resolve(subject.preload)}`,
      // What Lambda sets; without it Powertools switches itself off.
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'benchmark',
      // With a whole processor, as it has here.
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: '/var/task',
      _HANDLER: 'index.handler',
      POWERTOOLS_SERVICE_NAME: 'benchmark',
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${socket.address().port}`,
      ...subject.env,
    },
    received,
    close: () => socket.close(),
  };
}

/** Runs a fresh process that tells what it has cost. */
async function runOnce(
  program: string,
  task: 'cold' | 'load',
  file: string,
  { subject, env }: Contestant,
): Promise<Cost> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, task, file, String(subject.sampled)],
    { env },
  );
  const result = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (result === undefined) throw new Error(`Expected a cost of "${subject.title}", got ${stdout}`);
  return JSON.parse(result) as Cost;
}

/** Measures in fresh processes, taking turns; without those that the task has nothing for. */
async function measureOnce(
  program: string,
  task: 'cold' | 'load',
  contestants: readonly Contestant[],
): Promise<Cost[][]> {
  const costs = contestants.map((): Cost[] => []);
  const contenders = contestants.flatMap((contestant, index) => {
    const file = task === 'cold' ? contestant.file : contestant.loads;
    if (file === undefined) return [];
    const measure = async (): Promise<number> => {
      const cost = await runOnce(program, task, file, contestant);
      costs[index]?.push(cost);
      return cost.cpu;
    };
    return [{ name: contestant.subject.title, measure }];
  });
  await interleave(contenders, { rounds: COLD_ROUNDS, warmUps: COLD_WARM_UPS });
  return costs.map((each) => each.slice(COLD_WARM_UPS));
}

/** Measures invocations in processes that stay, one for each, taking turns. */
async function measureWarm(program: string, contestants: readonly Contestant[]): Promise<Cost[][]> {
  const children = contestants.map(({ file, subject, env }) =>
    fork(program, ['warm', file, String(subject.sampled)], { env }),
  );
  const costs = children.map((): Cost[] => []);
  try {
    const contenders = children.map((child, index) => ({
      name: contestants[index]?.subject.title ?? '',
      measure: async (): Promise<number> => {
        const waiting = new AbortController();
        const ended = once(child, 'exit', waiting).then(([code]) => {
          throw new Error(`A subject's process ended with ${String(code)} before it had measured`);
        });
        const answered = once(child, 'message', waiting).then(([cost]) => cost as Cost);
        child.send(INVOCATIONS_PER_ROUND);
        try {
          const cost = await Promise.race([answered, ended]);
          costs[index]?.push(cost);
          return cost.cpu;
        } finally {
          // Whichever is still waiting rejects, and nobody is interested any more.
          void Promise.allSettled([answered, ended]);
          waiting.abort();
        }
      },
    }));
    await interleave(contenders, { rounds: WARM_ROUNDS, warmUps: WARM_UPS });
    return costs.map((each) => each.slice(WARM_UPS));
  } finally {
    // A distribution of OpenTelemetry takes any other signal for a reason to flush, and stays.
    for (const child of children) child.kill('SIGKILL');
  }
}

/** Invocations of each subject while datagrams are counted: all that {@link measureWarm} makes. */
const INVOCATIONS = (WARM_ROUNDS + WARM_UPS) * INVOCATIONS_PER_ROUND;

const folder = await mkdtemp(join(tmpdir(), 'lantern-recorders-'));
const contestants: Contestant[] = [];
try {
  const published = join(folder, 'package');
  await compilePackage(published);
  const program = await bundle('drive.ts', join(folder, 'drive'), published);
  for (const [index, subject] of SUBJECTS.entries()) {
    try {
      contestants.push(await prepare(subject, join(folder, String(index)), published));
    } catch (error) {
      // What it is made of is an optional peer, which need not be installed.
      console.log(`Skipped: ${subject.title}: ${String(error).split('\n')[1]?.trim() ?? String(error)}`);
    }
  }
  if (process.argv.includes('--peers')) {
    for await (const { name, label, folder: installed, failed } of installPeers(RECORDER_PEERS)) {
      if (failed !== undefined) {
        console.log(`Skipped: ${label}: ${failed}`);
        continue;
      }
      // It goes away with the next one, and is needed until the end.
      const kept = join(folder, name);
      await cp(installed, kept, { recursive: true });
      const peer = createRequire(join(kept, 'package.json'));
      for (const subject of PEER_SUBJECTS) {
        const ofSubject = join(folder, `peer-${PEER_SUBJECTS.indexOf(subject)}`);
        contestants.push(await prepare(subject, ofSubject, published, peer));
      }
    }
  }
  const cold = await measureOnce(program, 'cold', contestants);
  const load = await measureOnce(program, 'load', contestants);
  for (const { received } of contestants) Object.assign(received, { datagrams: 0, bytes: 0 });
  const warm = await measureWarm(program, contestants);

  const measured = new Map<string, Measured>(
    contestants.map(({ subject }, index) => [
      subject.title,
      { cold: cold[index] ?? [], load: load[index] ?? [], warm: warm[index] ?? [] },
    ]),
  );
  const of = (title: string): Measured => measured.get(title) ?? { cold: [], load: [], warm: [] };
  const middle = (costs: readonly Cost[], what: keyof Cost): string =>
    costs.length === 0 ? '' : duration(median(costs.map((cost) => cost[what])));
  const to = (title: string, other: string, when: keyof Measured): string =>
    ratio(
      of(title)[when].map((cost) => cost.cpu),
      of(other)[when].map((cost) => cost.cpu),
    );
  const costs = [
    [
      '',
      'cold start, CPU',
      'wall',
      'memory',
      'recorder loads, CPU',
      'one call, CPU',
      'wall',
      'datagrams',
      'bytes',
    ],
    ...contestants.map(({ subject: { title }, received }) => [
      title,
      middle(of(title).cold, 'cpu'),
      middle(of(title).cold, 'wall'),
      `${(median(of(title).cold.map(({ memory }) => memory)) / MEGABYTE).toFixed(1)} MB`,
      middle(of(title).load, 'cpu'),
      middle(of(title).warm, 'cpu'),
      middle(of(title).warm, 'wall'),
      (received.datagrams / INVOCATIONS).toFixed(2),
      (received.bytes / INVOCATIONS).toFixed(0),
    ]),
  ];
  const ratios = [
    ['CPU, as a ratio', 'cold start to base', 'to Powertools', 'one call to base', 'to Powertools'],
    ...contestants.map(({ subject: { title } }) => [
      title,
      to(title, BASE, 'cold'),
      to(title, RIVAL, 'cold'),
      to(title, BASE, 'warm'),
      to(title, RIVAL, 'warm'),
    ]),
  ];
  const machine =
    `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ` +
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1) ?? '?'}: medians of ` +
    `${COLD_ROUNDS} fresh processes and of ${WARM_ROUNDS} rounds of ${INVOCATIONS_PER_ROUND} invocations, interleaved.`;
  console.log(machine);
  for (const [header = [], ...rows] of [costs, ratios]) console.log(`\n${table(header, rows)}`);
  if (process.argv.includes('--write')) {
    const tables = [costs, ratios].map(([header = [], ...rows]) => markdownTable(header, rows));
    await writeResults([machine, ...tables].join('\n\n'));
  }
} finally {
  for (const { close } of contestants) close();
  await rm(folder, { recursive: true, force: true });
}
