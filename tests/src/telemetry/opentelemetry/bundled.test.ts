import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampledTrace } from '../../../helpers/lambda.ts';
import { runNode } from '../../../helpers/run.ts';
import { startReceivers } from '../../../local/xray/otlp/receivers.ts';

const PROJECT = join(import.meta.dirname, '../../../..');

/** A service with OpenTelemetry's SDK, which it has registered itself. */
const SERVICE = `
  import middy from '@middy/core';
  import { trace } from '@opentelemetry/api';
  import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
  import { context } from '@opentelemetry/api';
  import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
  import { resourceFromAttributes } from '@opentelemetry/resources';
  import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
  import { observability, traced } from '../src/index.ts';

  trace.setGlobalTracerProvider(new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bundled' }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const inner = traced('inner', async () => { trace.getTracer('own').startSpan('own').end(); });
  export const handler = middy().use(observability({ tracing: { name: '## bundled', flushTimeout: 20000 } })).handler(async () => {
    await inner();
    return { statusCode: 200 };
  });`;

/** One without OpenTelemetry. */
const WITHOUT = `
  import middy from '@middy/core';
  import { observability } from '../src/index.ts';
  export const handler = middy().use(observability()).handler(() => ({ statusCode: 200 }));`;

const EVENT = { httpMethod: 'GET', path: '/', headers: {} };
function call(load: string): string {
  return `
  const { handler } = ${load};
  const response = await handler(${JSON.stringify(EVENT)}, { functionName: 'bundled', awsRequestId: 'r-1', getRemainingTimeInMillis: () => 30000 });
  console.log('ANSWER ' + response.statusCode);
  process.exit(0);`;
}
const RUN = {
  esm: call("await import('./handler.mjs')"),
  cjs: call("(await import('./handler.cjs')).default"),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lantern-i-ot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * A project with our sources and all that is installed here, but for packages that a user has not.
 *
 * @param without the scope of packages that is missing.
 */
async function projectOf(name: string, service: string, without?: string): Promise<string> {
  const directory = join(folder, name);
  await mkdir(join(directory, 'service'), { recursive: true });
  await cp(join(PROJECT, 'src'), join(directory, 'src'), { recursive: true });
  await writeFile(join(directory, 'package.json'), '{ "type": "module", "sideEffects": false }');
  await mkdir(join(directory, 'node_modules'));
  for (const entry of await readdir(join(PROJECT, 'node_modules'))) {
    if (entry === without) continue;
    await symlink(join(PROJECT, 'node_modules', entry), join(directory, 'node_modules', entry));
  }
  await writeFile(join(directory, 'service/handler.ts'), service);
  return directory;
}

async function bundle(directory: string, format: 'esm' | 'cjs', options: BuildOptions = {}): Promise<string> {
  const outdir = join(directory, `out-${format}-${options.splitting === true ? 'split' : 'single'}`);
  await build({
    entryPoints: [join(directory, 'service/handler.ts')],
    outdir,
    outExtension: { '.js': format === 'esm' ? '.mjs' : '.cjs' },
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    target: 'node22',
    preserveSymlinks: true,
    logLevel: 'silent',
    // What ESM needs for those of its dependencies that are CommonJS, as for every bundle.
    ...(format === 'esm' && {
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
    ...options,
  });
  await writeFile(join(outdir, 'run.mjs'), RUN[format]);
  return outdir;
}

async function run(outdir: string, env: NodeJS.ProcessEnv): Promise<string> {
  const process = runNode([join(outdir, 'run.mjs')], dirname(outdir), {
    NODE_OPTIONS: '',
    POWERTOOLS_TRACE_ENABLED: 'true',
    ...env,
  });
  await process.exited;
  return process.output();
}

describe('a function in a bundle, without loader hooks', () => {
  it.each(['esm', 'cjs'] as const)(
    'records by OpenTelemetry as %s, with what others begin',
    async (format) => {
      const receivers = await startReceivers();
      const directory = await projectOf(`with-${format}`, SERVICE);
      const { header, traceId } = sampledTrace();

      const output = await run(await bundle(directory, format), {
        LANTERN_RECORDER: 'opentelemetry',
        OTEL_EXPORTER_OTLP_ENDPOINT: receivers.otlpUrl,
        _X_AMZN_TRACE_ID: header,
      });

      expect(output).toContain('ANSWER 200');
      const text = JSON.stringify(receivers.store.get(traceId));
      for (const name of ['## bundled', '"inner"', '"own"', 'faas.coldstart']) expect(text).toContain(name);
    },
  );

  it.each(['esm', 'cjs'] as const)('is built as %s where OpenTelemetry is not installed', async (format) => {
    const directory = await projectOf(`without-${format}`, WITHOUT, '@opentelemetry');
    const outdir = await bundle(directory, format);

    expect(await run(outdir, { POWERTOOLS_TRACE_ENABLED: 'false' })).toContain('ANSWER 200');
    const asked = await run(outdir, { LANTERN_RECORDER: 'opentelemetry' });
    expect(asked).toContain('ANSWER 200');
    expect(asked).toContain('@opentelemetry/api cannot be loaded. Install it');
  });

  it('has each recorder in a file of its own, which it does not read while it does not need it', async () => {
    const directory = await projectOf('split', SERVICE);
    const outdir = await bundle(directory, 'esm', {
      splitting: true,
      entryNames: '[name]',
      chunkNames: '[name]-[hash]',
    });

    const texts = new Map<string, string>();
    for (const name of await readdir(outdir)) texts.set(name, await readFile(join(outdir, name), 'utf8'));
    const holding = (mark: string): string[] =>
      [...texts].flatMap(([name, text]) => (text.includes(mark) && name !== 'run.mjs' ? [name] : []));
    expect(holding('subsegmentsLeftOut')).toEqual([expect.stringMatching(/^xray-tracer-/)]);
    expect(holding('aws.lambda.invoked_arn')).toEqual([expect.stringMatching(/^of-process-/)]);
  });
});
