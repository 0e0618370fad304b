import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { interleave } from './support/rounds.ts';
import { duration, median, ratio } from './support/statistics.ts';
import { table } from './support/table.ts';

/*
 * What tracing adds to a cold start: time and memory until a bundled handler is imported, and until it has answered its
 * first invocation, in fresh processes. The import of the handler does not wait for the recorder, the first invocation does.
 */
const ROUNDS = 25;
const WARM_UPS = 2;
const MEGABYTE = 1024 * 1024;

interface ColdStart {
  readonly imported: number;
  readonly answered: number;
  readonly rss: number;
}

/** Runs in plain JavaScript, so that no type stripping is measured. */
const IMPORT_AND_INVOKE = `
  const start = process.hrtime.bigint();
  const { handler } = await import(process.argv[1]);
  const imported = Number(process.hrtime.bigint() - start);
  const event = { httpMethod: 'POST', headers: { 'content-type': 'application/json' }, body: '{"orderId":"o-1","amount":9}' };
  const { statusCode } = await handler(event, { functionName: 'take-payment', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 5000 });
  const answered = Number(process.hrtime.bigint() - start);
  if (statusCode !== 201) throw new Error('The handler answered with ' + statusCode);
  console.log('RESULT ' + JSON.stringify({ imported, answered, rss: process.memoryUsage.rss() }));
`;

async function startCold(module: string, tracing: 'true' | 'false'): Promise<ColdStart> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', IMPORT_AND_INVOKE, '--', module],
    {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LAMBDA_TASK_ROOT: '/var/task',
        POWERTOOLS_LOG_LEVEL: 'SILENT',
        POWERTOOLS_TRACE_ENABLED: tracing,
        // Nobody listens there; sending over UDP costs the same.
        AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:9',
        _X_AMZN_TRACE_ID: 'Root=1-66f00000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1',
      },
    },
  );
  const result = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (result === undefined) throw new Error(`Expected a result of the cold start, got ${stdout}`);
  return JSON.parse(result) as ColdStart;
}

const folder = await mkdtemp(join(tmpdir(), 'lantern-cold-start-'));
try {
  // As serverless.yml bundles it.
  await build({
    entryPoints: [join(import.meta.dirname, '../src/handlers/take-payment.ts')],
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'node24',
    platform: 'node',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const module = pathToFileURL(join(folder, 'take-payment.mjs')).href;
  const starts: Record<'false' | 'true', ColdStart[]> = { false: [], true: [] };
  const contenders = (['false', 'true'] as const).map((tracing) => ({
    name: tracing,
    measure: async () => {
      const start = await startCold(module, tracing);
      starts[tracing].push(start);
      return start.answered;
    },
  }));
  await interleave(contenders, { rounds: ROUNDS, warmUps: WARM_UPS });
  const off = starts.false.slice(WARM_UPS);
  const on = starts.true.slice(WARM_UPS);
  const row = (name: string, of: (start: ColdStart) => number, show: (value: number) => string): string[] => {
    const [without, withTracing] = [off.map(of), on.map(of)];
    return [name, show(median(without)), show(median(withTracing)), ratio(withTracing, without)];
  };
  console.log(`Cold start of a bundled handler: medians of ${ROUNDS} fresh processes each, interleaved\n`);
  console.log(
    table(
      ['', 'tracing off', 'tracing on', 'on to off'],
      [
        row('import', ({ imported }) => imported, duration),
        row('import and first invocation', ({ answered }) => answered, duration),
        row(
          'memory (RSS) after it',
          ({ rss }) => rss,
          (bytes) => `${(bytes / MEGABYTE).toFixed(1)} MB`,
        ),
      ],
    ),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
