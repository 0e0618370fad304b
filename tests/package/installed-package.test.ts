import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventBridgeAlarm } from '../helpers/alarm-messages.ts';
import { eventually, freePorts } from '../helpers/local-stack.ts';
import { runNode } from '../helpers/run.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '../..');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lantern-user-'));
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    { cwd: PROJECT },
  );
  const packed = JSON.parse(stdout) as unknown;
  const { filename } = (Array.isArray(packed) ? packed : Object.values(packed as object))[0] as {
    filename: string;
  };
  const { devDependencies } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const dependencies = Object.fromEntries(
    [
      '@middy/core',
      'serverless',
      'serverless-esbuild',
      'esbuild',
      'typescript',
      '@types/node',
      '@types/aws-lambda',
    ].map((name) => [name, devDependencies[name]]),
  );
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({
      name: 'a-user',
      private: true,
      type: 'module',
      dependencies: { ...dependencies, 'lambda-lantern': `file:./${filename}` },
    }),
  );
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: directory });
  await mkdir(join(directory, 'src'));
  await writeFile(
    join(directory, 'src/hello.ts'),
    `import middy from '@middy/core';
     import { annotate, getCorrelationId, logger, observability, traced } from 'lambda-lantern';
     const greet = traced('greet', async (name: string) => \`hello \${name}\`);
     export const hello = async (event: { pathParameters?: { name?: string } | null }) => {
       annotate('Kind', 'greeting');
       logger.info('greeting');
       return { statusCode: 200, body: JSON.stringify({ greeting: await greet(event.pathParameters?.name ?? ''), id: getCorrelationId() }) };
     };
     export const handler = middy<{ pathParameters?: { name?: string } | null }>().use(observability({ capture: { allow: ['greeting'] } })).handler(hello);
    `,
  );
  await writeFile(join(directory, 'src/on-alarm.ts'), ON_ALARM);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a user writes to have alarms turn tracing on. */
const ON_ALARM = `export { handler } from 'lambda-lantern/on-alarm';\n`;

/** A service with nothing of this repository in it, bundled in one of the two module formats. */
async function writeService(format: 'esm' | 'cjs'): Promise<void> {
  const esm = `
    splitting: true
    outputFileExtension: .mjs
    banner:
      js: import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  await writeFile(
    join(directory, 'serverless.yml'),
    `service: greeter
plugins: [serverless-esbuild, lambda-lantern/plugin]
custom:
  lantern:
    tracing: { onAlarm: on-alarm }
  esbuild:
    bundle: true
    target: node22
    format: ${format}${format === 'esm' ? esm : ''}
provider:
  name: aws
  runtime: nodejs22.x
  tracing: { lambda: Active, apiGateway: true }
  environment: { POWERTOOLS_TRACE_ENABLED: 'true' }
functions:
  hello:
    handler: src/hello.handler
    events:
      - http: GET /hello/{name}
  on-alarm:
    handler: src/on-alarm.handler
    timeout: 60
`,
  );
}

describe('the installed package', () => {
  it('brings types that fit a strict project', async () => {
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          // The types of @middy/core name an optional package that is not installed.
          skipLibCheck: true,
          exactOptionalPropertyTypes: true,
          module: 'nodenext',
          target: 'es2024',
          types: ['node'],
          noEmit: true,
        },
        include: ['src'],
      }),
    );
    const tsc = runNode([join(directory, 'node_modules/typescript/bin/tsc')], directory);
    expect([await tsc.exited, tsc.output()]).toEqual([0, '']);
  });

  it('redacts and proves it in a test without anything of Middy, Powertools or X-Ray', async () => {
    await writeFile(
      join(directory, 'redaction.mjs'),
      `import { registerHooks } from 'node:module';
       const loaded = [];
       registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
       const { redact } = await import('lambda-lantern/redaction');
       const { expectNoLeak } = await import('lambda-lantern/testing');
       const response = { statusCode: 200, body: '{"id":"o-1","email":"jane@example.com"}' };
       const captured = redact(response, { allow: ['id'] });
       expectNoLeak(response, captured, { allow: ['id'] });
       console.log('RESULT ' + JSON.stringify({ captured, loaded }));`,
    );
    const run = runNode(['redaction.mjs'], directory);
    expect([await run.exited, run.output()]).toEqual([0, expect.stringContaining('RESULT ')]);

    const { captured, loaded } = JSON.parse(/^RESULT (.*)$/m.exec(run.output())?.[1] ?? '') as {
      captured: unknown;
      loaded: string[];
    };
    expect(captured).toEqual({
      statusCode: 200,
      body: { id: 'o-1', email: '<string, below 256 characters>' },
    });
    expect(loaded.filter((url) => /@middy|aws-lambda-powertools|aws-xray-sdk|@aws-sdk/.test(url))).toEqual(
      [],
    );
  });

  it.each(['esm', 'cjs'] as const)('runs a service bundled as %s, with its trace', async (format) => {
    await writeService(format);
    const port = await freePorts(20);
    const serverless = runNode(
      [
        join(directory, 'node_modules/serverless/bin/serverless.js'),
        ...['local', '--port', String(port), '--daemon-port', String(port + 5)],
      ],
      directory,
      { SLS_TELEMETRY_DISABLED: '1' },
    );
    await serverless.until('Ctrl-C stops everything');

    const response = await fetch(`http://localhost:${port}/hello/lantern`, {
      headers: { 'x-correlation-id': 'hello-1' },
    });
    expect(await response.json()).toEqual({ greeting: 'hello lantern', id: 'hello-1' });
    const traces = await eventually(async () => {
      const listing = (await (await fetch(`http://localhost:${port + 1}/api/traces`)).json()) as {
        traces: Array<{ id: string; isPartial: boolean }>;
      };
      const complete = listing.traces.filter(({ isPartial }) => !isPartial);
      return complete.length === 1 ? complete : undefined;
    }, 'the trace');
    const page = await (await fetch(`http://localhost:${port + 1}/api/traces/${traces[0]?.id ?? ''}`)).text();
    expect(page).toContain('"name":"greet"');
    expect(page).toContain('"Kind":"greeting"');
    expect((await fetch(`http://localhost:${port + 1}/`)).headers.get('content-type')).toContain('text/html');

    const invoked = await fetch(
      `http://localhost:${port + 2}/2015-03-31/functions/greeter-dev-on-alarm/invocations`,
      {
        method: 'POST',
        body: JSON.stringify(
          eventBridgeAlarm({
            alarmName: 'slow',
            state: 'ALARM',
            dimensions: { FunctionName: 'greeter-dev-hello' },
          }),
        ),
      },
    );
    expect(await invoked.json()).toEqual([
      {
        functionName: 'greeter-dev-hello',
        outcome: 'unchanged',
        why: 'slow is in ALARM, but it is on already, by the deployment',
      },
    ]);

    serverless.child.kill('SIGINT');
    expect(await serverless.exited).toBe(0);
  });
});
