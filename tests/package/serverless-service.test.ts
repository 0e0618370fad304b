import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedIn } from '../../scripts/installed.ts';
import { eventBridgeAlarm } from '../helpers/alarm-messages.ts';
import { freePorts } from '../helpers/local-stack.ts';
import { until } from '../helpers/until.ts';
import { pinned } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const SERVERLESS = 'node_modules/serverless/bin/serverless.js';
const TOOLS = pinned('serverless', 'serverless-esbuild', 'esbuild');

const HELLO = `
import middy from '@middy/core';
import { annotate, getCorrelationId, logger, observability, traced } from 'lambda-lantern';
const greet = traced('greet', async (name: string) => \`hello \${name}\`);
export const hello = async (event: { pathParameters?: { name?: string } | null }) => {
  annotate('Kind', 'greeting');
  logger.info('greeting');
  return { statusCode: 200, body: JSON.stringify({ greeting: await greet(event.pathParameters?.name ?? ''), id: getCorrelationId() }) };
};
export const handler = middy<{ pathParameters?: { name?: string } | null }>()
  .use(observability({ capture: { allow: ['greeting'] } }))
  .handler(hello);
`;

/** What a user writes to have alarms turn tracing on. */
const ON_ALARM = `export { handler } from 'serverless-lambda-lantern/on-alarm';\n`;

/** A service with nothing of this repository in it, bundled in one of the two module formats. */
function traced(format: 'esm' | 'cjs'): string {
  const esm = `
    splitting: true
    outputFileExtension: .mjs
    banner:
      js: import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  return `service: greeter
plugins: [serverless-esbuild, serverless-lambda-lantern]
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
`;
}

describe('a service with the middlewares and the plugin', () => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await createScratchProject(
      ['lambda-lantern', 'serverless-lambda-lantern', 'lambda-lantern-local'],
      { ...TOOLS, ...pinned('@middy/core', 'typescript', '@types/node', '@types/aws-lambda') },
    );
    await project.write('src/hello.ts', HELLO);
    await project.write('src/on-alarm.ts', ON_ALARM);
  });
  afterAll(() => project.remove());

  it('has types that fit a strict project', async () => {
    expect(await project.typeErrors()).toBe('');
  });

  it.each(['esm', 'cjs'] as const)('runs on one machine, bundled as %s, with its trace', async (format) => {
    await project.write('serverless.yml', traced(format));
    const port = await freePorts(20);
    const options = ['--port', String(port), '--daemon-port', String(port + 5), '--memory'];
    const serverless = project.start([SERVERLESS, 'local', ...options]);
    await serverless.until('Ctrl-C stops everything');

    const response = await fetch(`http://localhost:${port}/hello/lantern`, {
      headers: { 'x-correlation-id': 'hello-1' },
    });
    expect(await response.json()).toEqual({ greeting: 'hello lantern', id: 'hello-1' });
    const traces = await until(async () => {
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

    const alarm = eventBridgeAlarm({
      alarmName: 'slow',
      state: 'ALARM',
      dimensions: { FunctionName: 'greeter-dev-hello' },
      // The framework's default.
      region: 'us-east-1',
    });
    const invoked = await fetch(
      `http://localhost:${port + 2}/2015-03-31/functions/greeter-dev-on-alarm/invocations`,
      { method: 'POST', body: JSON.stringify(alarm) },
    );
    expect(await invoked.json()).toEqual([
      {
        functionName: 'greeter-dev-hello',
        outcome: 'unchanged',
        why: 'slow is in ALARM, and it is on because it was deployed so; change serverless.yml to turn it off',
      },
    ]);

    serverless.child.kill('SIGINT');
    expect(await serverless.exited).toBe(0);
  });
});

describe('a service with an older Middy', () => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await createScratchProject(['serverless-lambda-lantern', 'lambda-lantern-local'], {
      ...TOOLS,
      '@middy/core': '^4.0.0',
    });
    await project.write(
      'src/hello.js',
      `import middy from '@middy/core';
       export const handler = middy().handler(async () => ({ statusCode: 200, body: 'hi' }));`,
    );
    await project.write(
      'serverless.yml',
      `service: greeter
plugins: [serverless-esbuild, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
functions:
  hello:
    handler: src/hello.handler
    events:
      - http: GET /hello
`,
    );
  });
  afterAll(() => project.remove());

  it('can have the plugin alone, which brings no Middy of its own', async () => {
    const { packages } = await installedIn(project.directory);
    expect(packages.filter((name) => name === '@middy/core')).toHaveLength(1);
    expect(packages).not.toContain('lambda-lantern');
  });

  it('has its alarms', async () => {
    const serverless = project.start([SERVERLESS, 'alarms']);
    expect([await serverless.exited, serverless.output()]).toEqual([
      0,
      expect.stringContaining('function hello'),
    ]);
  });
});
