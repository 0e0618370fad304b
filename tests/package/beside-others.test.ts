import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../helpers/local-stack.ts';
import { until } from '../helpers/until.ts';
import { pinned } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

/** A service as a team has it that packages by something other than serverless-esbuild, with the plugins it uses beside. */
interface Service {
  readonly title: string;
  readonly ours: readonly string[];
  readonly others: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** What `serverless local` says of them. */
  readonly said: readonly RegExp[];
  /** Names in the trace of a request, besides Lambda's own. */
  readonly traced: readonly string[];
}

/** Below what is installed, because serverless-plugin-typescript copies the packages that lie beside a service. */
const SERVICE = 'service';

/** Without credentials, so that nothing can be asked of AWS. */
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: '', AWS_PROFILE: '', SLS_NOTIFICATIONS_MODE: 'off' };

const PROVIDER = `provider:
  name: aws
  runtime: nodejs22.x
  region: eu-west-1
  tracing: { lambda: true, apiGateway: true }
  environment: { PLACE: '\${env:PLACE}', POWERTOOLS_TRACE_ENABLED: 'true' }
`;

const SERVICES: readonly Service[] = [
  {
    title:
      'serverless-webpack, with roles for each function, pruning, warm-up, a domain, Step Functions and SLIC Watch',
    ours: ['lambda-lantern', 'serverless-lambda-lantern', 'lambda-lantern-local'],
    others: {
      serverless: 'npm:osls@3.77.1',
      'serverless-webpack': '5.16.2',
      webpack: '5',
      'serverless-iam-roles-per-function': '3.2.0',
      'serverless-prune-plugin': '2.1.0',
      'serverless-plugin-warmup': '8.4.1',
      'serverless-domain-manager': '10.3.1',
      'serverless-dotenv-plugin': '6.0.0',
      'serverless-step-functions': '3.31.2',
      'serverless-slic-watch-plugin': '3.2.0',
      ...pinned('@middy/core'),
    },
    files: {
      '.env': 'PLACE=here\n',
      'serverless.yml': `service: many
useDotenv: true
plugins:
  - serverless-dotenv-plugin
  - serverless-webpack
  - serverless-iam-roles-per-function
  - serverless-prune-plugin
  - serverless-plugin-warmup
  - serverless-domain-manager
  - serverless-step-functions
  - serverless-slic-watch-plugin
  - serverless-lambda-lantern
custom:
  prune: { automatic: true, number: 3 }
  warmup: { default: { enabled: true, events: [{ schedule: rate(5 minutes) }] } }
  customDomain: { domainName: api.example.com, stage: dev }
  webpack: { webpackConfig: webpack.config.cjs }
  slicWatch: { enabled: true }
${PROVIDER}functions:
  hello:
    handler: src/hello.handler
    iamRoleStatements: [{ Effect: Allow, Action: 's3:GetObject', Resource: '*' }]
    events: [http: 'GET /hello/{name}']
stepFunctions:
  stateMachines:
    flow:
      definition:
        StartAt: A
        States: { A: { Type: Task, Resource: !GetAtt HelloLambdaFunction.Arn, End: true } }
`,
      'webpack.config.cjs': `const { lib } = require('serverless-webpack');
module.exports = {
  entry: lib.entries,
  target: 'node22',
  mode: 'production',
  output: { libraryTarget: 'commonjs2', path: __dirname + '/.webpack', filename: '[name].js' },
};
`,
      'src/hello.js': `import middy from '@middy/core';
import { observability, traced } from 'lambda-lantern';
const greet = traced('greet', async (name) => \`hello \${name} from \${process.env.PLACE}\`);
export const handler = middy()
  .use(observability())
  .handler(async ({ pathParameters }) => ({ statusCode: 200, body: await greet(pathParameters.name) }));
`,
    },
    said: [/StateMachine.* is not run locally/, /rate\(5 minutes\)/],
    traced: ['greet'],
  },
  {
    title: 'serverless-plugin-typescript and AppSync, without a line for us in the code',
    ours: ['serverless-lambda-lantern', 'lambda-lantern-local'],
    others: {
      serverless: 'npm:osls@3.77.1',
      'serverless-plugin-typescript': '2.1.5',
      'serverless-appsync-plugin': '2.13.0',
      typescript: '5.9',
    },
    files: {
      'package.json': '{ "private": true }',
      'node_modules/none': '',
      'schema.graphql': 'type Query { hello: String }\n',
      'tsconfig.json': JSON.stringify({
        compilerOptions: { target: 'es2022', module: 'commonjs', types: [], outDir: '.build', rootDir: '.' },
      }),
      'serverless.yml': `service: typed
plugins: [serverless-plugin-typescript, serverless-appsync-plugin, serverless-lambda-lantern]
package: { patterns: ['!node_modules/**'] }
appSync:
  name: api
  authentication: { type: API_KEY }
  schema: schema.graphql
  apiKeys: [main]
  resolvers: { Query.hello: { kind: UNIT, dataSource: none } }
  dataSources: { none: { type: NONE } }
${PROVIDER.replace('${env:PLACE}', 'here')}functions:
  hello: { handler: src/hello.handler, events: [http: 'GET /hello/{name}'] }
`,
      'src/hello.ts': `declare const process: { env: Record<string, string> };
export const handler = async (event: { pathParameters: { name: string } }) => ({
  statusCode: 200,
  body: \`hello \${event.pathParameters.name} from \${process.env.PLACE}\`,
});
`,
    },
    said: [/AppSync is not served/],
    traced: [],
  },
];

describe.each(SERVICES)('a service packaged by $title', ({ ours, others, files, said, traced }) => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await createScratchProject(ours, others);
    for (const [path, text] of Object.entries(files)) await project.write(join(SERVICE, path), text);
  });
  afterAll(() => project.remove());

  const serverless = (...args: string[]) =>
    project.start(['../node_modules/serverless/bin/serverless.js', ...args], ENVIRONMENT, SERVICE);

  it('has its alarms', async () => {
    const run = serverless('alarms');
    expect(await run.exited, run.output()).toBe(0);
    expect(run.stdout()).toMatch(/^function hello$/m);
  });

  it('starts, answers, is traced, and is packaged again when its code changes', async () => {
    const port = await freePorts(20);
    const ports = ['--port', port, '--daemon-port', port + 5, '--otlp-port', port + 16].map(String);
    const run = serverless('local', '--memory', ...ports);
    await run.until('Ctrl-C stops everything');
    const url = `http://127.0.0.1:${port}/hello/you`;
    expect(await (await fetch(url)).text(), run.output()).toBe('hello you from here');
    for (const line of said) expect(run.output()).toMatch(line);

    const api = `http://127.0.0.1:${port + 1}/api/traces`;
    const trace = await until(async () => {
      const { traces } = (await (await fetch(api)).json()) as {
        traces: ReadonlyArray<{ id: string; isPartial: boolean }>;
      };
      return traces.find(({ isPartial }) => !isPartial);
    }, 'the trace');
    const page = await (await fetch(`${api}/${trace.id}`)).text();
    for (const name of ['Invocation', ...traced]) expect(page).toContain(`"name":"${name}"`);

    const [source, text] = Object.entries(files).find(([path]) => path.startsWith('src/')) ?? ['', ''];
    await project.write(join(SERVICE, source), text.replace('`hello', '`welcome'));
    await run.until(/Renewed: hello/);
    expect(await (await fetch(url)).text()).toBe('welcome you from here');
    run.child.kill('SIGINT');
    expect(await run.exited).toBe(0);
  });
});
