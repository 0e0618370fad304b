import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../../local/xray/store/sqlite.ts';
import type { TraceStoreOptions } from '../../../../local/xray/trace-store.ts';
import { TraceStore } from '../../../../local/xray/trace-store.ts';
import { until } from '../../../helpers/until.ts';
import { begun, segment, subsegment, traceId } from '../fixtures.ts';

let folder: string;
let file: string;
let notices: string[];
let open: TraceStore[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lantern-test-'));
  file = join(folder, 'state', 'shop', 'traces.sqlite');
  notices = [];
  open = [];
});

afterEach(() => {
  for (const store of open) store.close();
  rmSync(folder, { recursive: true });
});

function openStore(options: TraceStoreOptions = {}): TraceStore {
  const store = new TraceStore({ file, onNotice: (text) => notices.push(text), ...options });
  open.push(store);
  return store;
}

function close(store: TraceStore): void {
  store.close();
  open = open.filter((each) => each !== store);
}

/** The store as the next process would find it. */
function reopen(store: TraceStore, options: TraceStoreOptions = {}): TraceStore {
  close(store);
  return openStore(options);
}

function idsIn(store: TraceStore): string[] {
  return store.list(Infinity).map(({ id }) => id);
}

/** Everything that can be read of it, but for revisions. */
function contentOf(store: TraceStore): unknown {
  return store
    .list(Infinity)
    .map((summary) => ({ ...store.page(summary.id), summary, losses: store.losses() }));
}

describe('traces in a file', () => {
  it('are the same after a restart: documents, order, links and losses', () => {
    const store = openStore({ maxTraces: 3 });
    for (const number of [9, 1, 3, 2]) store.put(segment(number, { trace_id: traceId(number) }));
    store.put(
      segment(4, { trace_id: traceId(1), links: [{ trace_id: traceId(3) }, { trace_id: traceId(77) }] }),
    );
    store.put({ ...subsegment(5, 99), trace_id: traceId(2) });
    store.put(begun(segment(6, { trace_id: traceId(3) })));
    store.countInvalid('ParseError');
    store.countDropped(7);
    const before = contentOf(store);
    const again = reopen(store, { maxTraces: 3 });
    expect(contentOf(again)).toEqual(before);
    expect(before).toHaveLength(3);
    expect(again.losses()).toMatchObject({ invalid: 1, droppedDatagrams: 7, evictedTraces: 1 });
    expect(notices).toEqual([]);
  });

  it('go on where they were: halves are completed, the oldest goes first, links and revisions grow', () => {
    const store = openStore();
    store.put(begun(segment(1, { trace_id: traceId(1) })));
    store.put(segment(2, { trace_id: traceId(2) }));
    const revision = store.summary(traceId(2))?.revision ?? NaN;
    const again = reopen(store, { maxTraces: 2 });
    again.put(segment(1, { trace_id: traceId(1), links: [{ trace_id: traceId(2) }] }));
    expect(again.get(traceId(1))?.documents).toMatchObject([{ end_time: 1002 }]);
    expect(again.summary(traceId(2))).toMatchObject({ linkedTraceIds: [traceId(1)] });
    expect(again.summary(traceId(1))?.revision).toBeGreaterThan(revision);
    again.put(segment(3, { trace_id: traceId(3) }));
    expect(idsIn(again)).toEqual([traceId(3), traceId(2)]);
    expect(idsIn(reopen(again))).toEqual([traceId(3), traceId(2)]);
  });

  it('may come when the store is closed already, which ends nothing', async () => {
    const store = openStore();
    store.put(segment(1));
    close(store);
    store.put(segment(2, { trace_id: traceId(2) }));
    store.countInvalid('ParseError');
    store.close();
    const again = openStore();
    again.put(segment(3, { trace_id: traceId(3) }));
    // Longer than the closed one would have waited before it wrote.
    await until(() => readFileSync(`${file}-wal`).includes(traceId(3)), 'the next store to write');
    expect(idsIn(again)).toEqual([traceId(3), segment(1).trace_id]);
  });

  it('are bounded by size across restarts', () => {
    const note = { metadata: { shop: { note: 'x'.repeat(1000) } } };
    const store = openStore();
    for (const number of [1, 2, 3, 4]) store.put(segment(number, { trace_id: traceId(number), ...note }));
    const again = reopen(store, { maxTotalBytes: 2500 });
    expect(idsIn(again)).toEqual([traceId(4), traceId(3)]);
    again.put(segment(5, { trace_id: traceId(5), ...note }));
    expect(idsIn(again)).toEqual([traceId(5), traceId(4)]);
    expect(again.losses().evictedTraces).toBe(3);
  });

  it('are let go when they are too old, and counted', () => {
    const store = openStore();
    store.put(segment(1));
    const again = reopen(store, { maxAgeMs: 0 });
    expect(idsIn(again)).toEqual([]);
    expect(again.losses().evictedTraces).toBe(1);
  });

  it('are let go while nothing else arrives', async () => {
    const store = openStore({ maxAgeMs: 300 });
    store.put(segment(1));
    expect(idsIn(store)).toHaveLength(1);
    await until(() => idsIn(store).length === 0, 'the trace to be too old');
    expect(store.losses().evictedTraces).toBe(1);
  });

  it('can be read and completed when there are more than are kept at hand', () => {
    const store = openStore();
    const padding = { metadata: { shop: { note: 'x'.repeat(200_000) } } };
    for (let number = 1; number <= 400; number += 1) {
      store.put(begun(segment(number, { trace_id: traceId(number), ...padding })));
      if (number % 50 === 0) store.list(1);
    }
    for (let number = 1; number <= 400; number += 40) {
      expect(store.get(traceId(number))?.segments).toHaveLength(1);
      store.put(segment(number, { trace_id: traceId(number), name: 'completed' }));
      expect(store.summary(traceId(number))).toMatchObject({ name: 'completed', isPartial: false });
    }
    expect(idsIn(store)).toHaveLength(400);
  });

  it('are readable by nobody else', () => {
    const store = openStore();
    store.put(segment(1));
    store.list(1);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    const files = readdirSync(dirname(file));
    expect(files).toContain('traces.sqlite-wal');
    for (const name of files) expect(statSync(join(dirname(file), name)).mode & 0o777).toBe(0o600);
  });

  it('are gone from the file when they are cleared', () => {
    const store = openStore();
    const secret = 'kingfisher';
    for (let number = 1; number <= 50; number += 1) {
      store.put(segment(number, { trace_id: traceId(number), annotations: { bird: `${secret}-${number}` } }));
    }
    const again = reopen(store);
    expect(readFileSync(file).includes(secret)).toBe(true);
    again.clear();
    for (const name of readdirSync(dirname(file))) {
      expect(readFileSync(join(dirname(file), name)).includes(secret)).toBe(false);
    }
    again.put(segment(1));
    expect(idsIn(reopen(again))).toHaveLength(1);
  });
});

describe('a file of traces', () => {
  it('belongs to one process: a second one says so and goes on in memory', async () => {
    const store = openStore();
    store.put(segment(1));
    const { stderr } = await promisify(execFile)(process.execPath, [
      '--eval',
      `import('${join(import.meta.dirname, '../../../../local/xray/trace-store.ts')}').then(({ TraceStore }) => {
         const store = new TraceStore({ file: ${JSON.stringify(file)}, onNotice: (text) => console.error(text) });
         store.put(${JSON.stringify(segment(2, { trace_id: traceId(2) }))});
         console.error('kept in ' + store.file);
         console.error(store.losses().fileFailure);
         console.error(store.list(9).map(({ id }) => id).join());
         store.close();
       })`,
    ]);
    expect(stderr).toMatch(
      /^Another Lantern that is running keeps its traces in .*traces\.sqlite.*in memory/,
    );
    expect(stderr).toContain('kept in undefined\nanother Lantern that is running has it\n');
    expect(store.file).toBe(file);
    expect(stderr.trim().split('\n').at(-1)).toBe(traceId(2));
    expect(idsIn(reopen(store))).toEqual([segment(1).trace_id]);
    expect(notices).toEqual([]);
  });

  it('of two stores in one process belongs to the first', () => {
    const store = openStore();
    store.put(segment(1));
    const second = openStore();
    second.put(segment(2, { trace_id: traceId(2) }));
    expect(notices).toEqual([expect.stringContaining('Another Lantern')]);
    close(second);
    expect(idsIn(reopen(store))).toEqual([segment(1).trace_id]);
  });

  it.each([
    ['text', () => writeFileSync(file, 'no database at all\n'.repeat(500))],
    ['cut off', () => truncateSync(file, 5000)],
    [
      'overwritten in the middle',
      () => {
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 4096);
        writeFileSync(file, bytes);
      },
    ],
  ])('that is damaged (%s) is set aside, said, and replaced', (_how, damage) => {
    const store = openStore();
    for (let number = 1; number <= 20; number += 1) store.put(segment(number, { trace_id: traceId(number) }));
    close(store);
    damage();
    const damaged = readFileSync(file);
    const again = openStore();
    expect(notices).toEqual([expect.stringMatching(/cannot be read .*set aside as .* a new file was begun/)]);
    const setAside = readdirSync(dirname(file)).filter((name) => /^traces\.sqlite\.[\dTZ-]+$/.test(name));
    expect(setAside).toHaveLength(1);
    expect(readFileSync(join(dirname(file), setAside[0] ?? '')).equals(damaged)).toBe(true);
    again.put(segment(3));
    expect(idsIn(reopen(again))).toHaveLength(1);
    expect(notices).toHaveLength(1);
  });

  it('of another version is set aside, said, and replaced', () => {
    close(openStore());
    const sqlite = openSqlite(file);
    sqlite.exec('PRAGMA user_version = 999');
    sqlite.close();
    const again = openStore();
    expect(notices).toEqual([expect.stringMatching(/another version of Lantern \(form 999; .*set aside/)]);
    again.put(segment(1));
    expect(idsIn(reopen(again))).toHaveLength(1);
  });

  it('of another program is set aside, and not written into', () => {
    const store = openStore();
    close(store);
    rmSync(file);
    const sqlite = openSqlite(file);
    sqlite.exec('CREATE TABLE birds (name); PRAGMA user_version = 1');
    sqlite.close();
    const bytes = readFileSync(file);
    openStore();
    expect(notices).toEqual([expect.stringMatching(/of another program.*set aside/)]);
    const setAside = readdirSync(dirname(file)).find((name) => name.startsWith('traces.sqlite.'));
    expect(readFileSync(join(dirname(file), setAside ?? '')).equals(bytes)).toBe(true);
  });

  it('that cannot be made is said, and traces are kept in memory', () => {
    const inTheWay = join(folder, 'state');
    writeFileSync(inTheWay, '');
    const store = openStore();
    store.put(segment(1));
    expect(idsIn(store)).toHaveLength(1);
    expect(notices).toEqual([expect.stringMatching(/cannot be kept in .*traces\.sqlite: .*in memory/)]);
    expect(existsSync(file)).toBe(false);
    store.clear();
    expect(store.losses().fileFailure).toMatch(/EEXIST|ENOTDIR/);
  });

  it('that grows beyond what the system grants is said, and no trace is lost in memory', async () => {
    const program = `
      import('${join(import.meta.dirname, '../../../../local/xray/trace-store.ts')}').then(({ TraceStore }) => {
        const store = new TraceStore({ file: ${JSON.stringify(file)}, onNotice: (text) => console.error(text) });
        for (let number = 1; number <= 300; number += 1) {
          const id = number.toString(16).padStart(24, '0');
          store.put({ ...${JSON.stringify(segment(1))}, trace_id: '1-5f84c7a1-' + id, metadata: { a: { b: 'x'.repeat(20000) } } });
          if (number % 10 === 0) store.list(1);
        }
        const complete = store.list(Infinity).filter(({ id }) => store.get(id).documents.length === 1);
        console.log(JSON.stringify({ complete: complete.length, losses: store.losses() }));
        store.close();
      })`;
    // 1 MiB for each file, which six megabytes of documents do not fit into.
    const { stdout, stderr } = await promisify(execFile)('bash', [
      '-c',
      `trap '' XFSZ; ulimit -f 1024; exec "$0" --eval "$1"`,
      process.execPath,
      program,
    ]);
    expect(stderr).toMatch(/^Traces cannot be kept in .*traces\.sqlite any more: .*in memory from now on/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    const losses = { evictedTraces: 0, fileFailure: expect.stringMatching(/./) as string };
    expect(JSON.parse(stdout)).toMatchObject({ complete: 300, losses });
  });

  it('that is damaged while it is used is said and set aside, and what can be read is kept in memory', () => {
    const store = openStore();
    const padding = { metadata: { shop: { note: 'x'.repeat(200_000) } } };
    for (let number = 1; number <= 400; number += 1) {
      store.put(segment(number, { trace_id: traceId(number), ...padding }));
      if (number % 50 === 0) store.list(1);
    }
    // Over every page but the first, in the file and in what is not yet in it.
    for (const path of [file, `${file}-wal`]) {
      const { size } = statSync(path);
      truncateSync(path, 4096);
      appendFileSync(path, Buffer.alloc(Math.max(0, size - 4096), 0xa5));
    }
    for (let number = 1; number <= 400; number += 1) {
      store.put({ ...subsegment(1000 + number, number), trace_id: traceId(number) });
    }
    const saved = idsIn(store).filter((id) => store.get(id)?.segments.length === 1);
    expect(notices).toEqual([expect.stringMatching(/any more: .*in memory from now on.*set aside as/)]);
    expect(saved.length).toBeGreaterThan(0);
    expect(saved.length).toBeLessThan(400);
    expect(saved.length + store.losses().evictedTraces).toBe(400);
  });

  it('has all but the last second when the process is killed, whole traces of it, and can be searched', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'put-until-killed.ts'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const lines = (): number[][] =>
      said
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' ').map(Number));
    await until(
      () => lines().length > 0 && Date.now() - (lines()[0]?.[1] ?? Infinity) > 2500,
      'traces to be put',
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lastTime = lines().at(-1)?.[1] ?? NaN;
    const [lastNumber = NaN] = lines().findLast(([, time = NaN]) => time < lastTime - 1000) ?? [];
    expect(lastNumber).toBeGreaterThan(0);
    const store = openStore();
    const ids = idsIn(store);
    expect(notices).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(lastNumber);
    expect(new Set(ids)).toEqual(new Set(ids.map((_, index) => traceId(index + 1))));
    for (const id of ids) expect(store.summary(id)).toMatchObject({ entityCount: 2, isPartial: false });
  });
});
