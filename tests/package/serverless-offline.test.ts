import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import { until } from '../helpers/until.ts';
import { pinned } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const SERVERLESS_YML = `service: beside
frameworkVersion: '3'
plugins: [serverless-offline]
provider: { name: aws, runtime: nodejs22.x, region: eu-west-1 }
functions:
  hello: { handler: handler.handler, events: [http: GET /hello] }
`;

const PAGE = resolve(import.meta.dirname, '../../docs/adopting.md');

let project: ScratchProject;
beforeAll(async () => {
  project = await createScratchProject(['lambda-lantern', 'lambda-lantern-local'], {
    ...pinned('@middy/core'),
    serverless: '3',
    'serverless-offline': '13',
  });
  // The handler is that of the page, as whoever reads it copies it.
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split('## From serverless-offline');
  const [, snippet = ''] = /^```ts\n(.*?)^```$/ms.exec(section) ?? [];
  expect(snippet).toContain('traceOffline');
  const { code } = await transform(snippet, { loader: 'ts', format: 'esm' });
  await project.write('handler.mjs', code);
  await project.write('serverless.yml', SERVERLESS_YML);
});
afterAll(() => project.remove());

describe('serverless-offline beside lambda-lantern xray', () => {
  it('is kept, and its functions have traces: of their own, and of the caller', async () => {
    const port = await freePorts(20);
    const xray = project.start([
      ...[join('node_modules/lambda-lantern-local/bin/lambda-lantern.js'), 'xray', '--memory'],
      ...['--port', port, '--daemon-port', port + 1, '--otlp-port', port + 2].map(String),
    ]);
    await xray.until('Ctrl-C stops it');
    const [http, lambda, socket] = [port + 3, port + 4, port + 5].map(String);
    const offline = project.start(
      [
        ...['node_modules/serverless/bin/serverless.js', 'offline', '--localEnvironment'],
        ...['--httpPort', http ?? '', '--lambdaPort', lambda ?? '', '--websocketPort', socket ?? ''],
      ],
      {
        POWERTOOLS_TRACE_ENABLED: 'true',
        AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port + 1}`,
        SLS_NOTIFICATIONS_MODE: 'off',
      },
    );
    await offline.until('Server ready');

    const call = (headers = {}) => fetch(`http://localhost:${http}/dev/hello`, { headers });
    const root = '1-6b0d6a84-35b5375cde5f656de56a3afb';
    const answers = [
      await call(),
      await call({ 'x-amzn-trace-id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1` }),
    ];
    expect(
      answers.map(({ status }) => status),
      offline.output(),
    ).toEqual([200, 200]);
    const found = await until(async () => {
      const { traces } = (await (await fetch(`http://localhost:${port}/api/traces`)).json()) as {
        traces: { id: string }[];
      };
      return traces.length === 2 && traces.map(({ id }) => id);
    }, 'the traces of both requests');
    expect(found).toContain(root);
    const page = await (await fetch(`http://localhost:${port}/api/traces/${root}`)).text();
    expect(page).toContain('"name":"## ');
  });
});
