import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedIn } from '../../scripts/installed.ts';
import { until } from '../helpers/until.ts';
import { lantern, pinned } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

describe('npm install lambda-lantern @middy/core', () => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await createScratchProject(['lambda-lantern'], { '@middy/core': 'latest' });
  });
  afterAll(() => project.remove());

  it('brings at most 30 packages and 15 MB', async () => {
    const { packages, megabytes } = await installedIn(project.directory);
    expect(packages.length).toBeLessThanOrEqual(30);
    expect(megabytes).toBeLessThanOrEqual(15);
  });

  it('runs no install script, builds nothing, and nothing is deprecated', async () => {
    expect((await installedIn(project.directory)).withInstallScript).toEqual([]);
    expect(project.installLog).not.toMatch(/deprecated|install script|gyp/i);
  });

  it('redacts and proves it in a test without loading anything of Middy, Powertools or X-Ray', async () => {
    await project.write(
      'redaction.mjs',
      `import { registerHooks } from 'node:module';
       const loaded = [];
       registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
       const { redact } = await import('lambda-lantern/redaction');
       const { expectNoLeak } = await import('lambda-lantern/testing');
       const response = { statusCode: 200, body: '{"id":"o-1","email":"jane@example.com"}' };
       const captured = redact(response, { allow: ['id'] });
       expectNoLeak(response, captured, { allow: ['id'] });
       console.log(JSON.stringify({ captured, loaded }));`,
    );
    const { captured, loaded } = JSON.parse(await project.output(['redaction.mjs'])) as {
      captured: unknown;
      loaded: string[];
    };
    expect(captured).toEqual({
      statusCode: 200,
      body: { id: 'o-1', email: '<string, below 256 characters>' },
    });
    const heavy = loaded.filter((url) => /@middy|aws-lambda-powertools|aws-xray-sdk|@aws-sdk/.test(url));
    expect(heavy).toEqual([]);
  });
});

const PARSER = '@middy/http-json-body-parser';

const HANDLER = `
import middy from '@middy/core';
import httpJsonBodyParser from '${PARSER}';
import { Logger } from '@aws-lambda-powertools/logger';
import { annotate, getCorrelationId, logger, observability, RedactingLogFormatter, traced } from 'lambda-lantern';
const own = new Logger({ logFormatter: new RedactingLogFormatter() });
const greet = traced('greet', async (name: string) => \`hello \${name}\`);
export const hello = async (event: { body?: unknown }) => {
  annotate('Kind', 'greeting');
  logger.info('greeting jane@example.com');
  own.info('greeted', { email: 'jane@example.com' });
  const { name } = event.body as { name: string };
  return { statusCode: 200, body: JSON.stringify({ greeting: await greet(name), id: getCorrelationId() }) };
};
export const handler = middy<{ body?: unknown }>()
  .use(observability({ logger: own, capture: { allow: ['greeting'] } }))
  .use(httpJsonBodyParser())
  .handler(hello);
`;

/** Calls the bundled handler as Lambda does. */
const CALL = `
const { handler } = await import(process.argv[2]).then((module) => module.default ?? module);
const event = {
  httpMethod: 'POST', requestContext: {}, body: '{"name":"lantern"}',
  headers: { 'content-type': 'application/json', 'x-correlation-id': 'hello-1' },
};
const response = await handler(event, {
  awsRequestId: 'r-1', functionName: 'hello', getRemainingTimeInMillis: () => 5000,
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:hello',
});
console.log('RESPONSE ' + JSON.stringify(response));
`;

const IN_LAMBDA = {
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: '/var/task',
  _HANDLER: 'hello.handler',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
  POWERTOOLS_TRACE_ENABLED: 'true',
};

/** The X-Ray SDK is CommonJS. */
const ESM_BANNER =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Every range of what everybody needs, and the parser in the range of Middy. Optional peers have a test of their own. */
const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = lantern.manifest;
const needed = Object.entries(peerDependencies).filter(
  ([name]) => peerDependenciesMeta[name]?.optional !== true,
);
const ranges = {
  ...dependencies,
  ...Object.fromEntries(needed),
  [PARSER]: peerDependencies['@middy/core'] ?? '',
};
const lowerEnds = Object.fromEntries(
  Object.entries(ranges).map(([name, range]) => [name, range.replace(/^\^/, '')]),
);

describe.each([
  ['newest', ranges],
  ['oldest', lowerEnds],
])('with the %s versions that the ranges allow', (_end, versions) => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await createScratchProject(['lambda-lantern'], {
      ...versions,
      ...pinned('typescript', '@types/node', '@types/aws-lambda'),
      // Supported besides the version that runs this test.
      'node-22': 'npm:node@22.x',
    });
    await project.write('src/hello.ts', HANDLER);
    await project.write('call.mjs', CALL);
  });
  afterAll(() => project.remove());

  it('a Logger of the user fits, in a strict project', async () => {
    expect(await project.typeErrors()).toBe('');
  });

  it.each([
    ['esm', 'this Node', process.execPath],
    ['esm', 'Node 22', 'node_modules/node-22/bin/node'],
    ['cjs', 'this Node', process.execPath],
    ['cjs', 'Node 22', 'node_modules/node-22/bin/node'],
  ] as const)('a handler bundled as %s answers, masks and traces on %s', async (format, _name, node) => {
    const file = format === 'esm' ? 'dist/hello.mjs' : 'dist/hello.cjs';
    await build({
      entryPoints: [join(project.directory, 'src/hello.ts')],
      bundle: true,
      minify: true,
      format,
      platform: 'node',
      target: 'node22',
      outfile: join(project.directory, file),
      ...(format === 'esm' && { banner: { js: ESM_BANNER } }),
    });
    const daemon = await startDaemon();
    const environment = { ...IN_LAMBDA, AWS_XRAY_DAEMON_ADDRESS: daemon.address };
    const executable = node.startsWith('node_modules') ? join(project.directory, node) : node;
    const output = await project.output(['call.mjs', `./${file}`], environment, executable);

    expect(JSON.parse(/^RESPONSE (.*)$/m.exec(output)?.[1] ?? '')).toEqual({
      statusCode: 200,
      headers: { 'x-correlation-id': 'hello-1' },
      body: JSON.stringify({ greeting: 'hello lantern', id: 'hello-1' }),
    });
    expect(output).toContain('"correlation_id":"hello-1"');
    expect(output).not.toContain('jane@example.com');
    await daemon.received('greet', '## hello.handler');
    daemon.stop();
  });
});

/** An X-Ray daemon that knows the names of what it got. */
async function startDaemon(): Promise<{
  readonly address: string;
  received(...names: readonly string[]): Promise<unknown>;
  stop(): void;
}> {
  const socket = createSocket('udp4');
  const received: string[] = [];
  socket.on('message', (datagram) => {
    received.push(...namesIn(JSON.parse(datagram.toString().split('\n')[1] ?? '{}') as Document));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    received: (...names) =>
      until(
        () => Promise.resolve(names.every((name) => received.includes(name)) || undefined),
        names.join(' and '),
      ),
    stop: () => socket.close(),
  };
}

interface Document {
  readonly name?: string;
  readonly subsegments?: readonly Document[];
}

function namesIn({ name = '', subsegments = [] }: Document): string[] {
  return [name, ...subsegments.flatMap(namesIn)];
}
