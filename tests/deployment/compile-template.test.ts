import { once } from 'node:events';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmPlan } from '../../plugin/alarms/alarm-plan.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import type { Run } from '../helpers/run.ts';
import { runServerless } from '../helpers/run.ts';

interface AlarmResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const HANDLER = "export const handler = async () => ({ statusCode: 200, body: 'x'.length });\n";
const BROKEN = 'export const handler = this is not TypeScript;\n';

/** A plugin that stands for every bundler: were it asked to build, it would fail. */
const BUNDLER = `class MyBundler {
  constructor() { this.hooks = { 'before:package:createDeploymentArtifacts': () => { throw new Error('it bundles'); } }; }
}
module.exports = MyBundler;
`;
/** As serverless-bundle does: named after nothing, and a bundler by descent. */
const DESCENDANT = `const MyBundler = require('./bundler.cjs');
module.exports = class ServerlessPlugin extends MyBundler {};
`;
/** As serverless-plugin-warmup does: it adds to the service where code is built. */
const ADDING = `module.exports = class Adding {
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => {
        serverless.service.functions.added = { handler: 'src/a.handler', name: 'late', timeout: 17, events: [{ sqs: 'arn:aws:sqs:eu-west-1:111111111111:work' }] };
      },
    };
  }
};
`;

/** Services in the manner of real ones, with the files that they need to be packaged. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  'esbuild, one package': {
    'serverless.yml': `service: together
plugins: [serverless-esbuild, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x, region: eu-west-1, timeout: 9 }
functions:
  a: { handler: src/a.handler, events: [http: GET /a] }
  b: { handler: src/a.handler, memorySize: 512, events: [httpApi: GET /b, schedule: rate(1 hour)] }
`,
    'src/a.ts': HANDLER,
  },
  'esbuild, individually': {
    'serverless.yml': `service: apart
plugins: [serverless-esbuild, serverless-lambda-lantern]
package: { individually: true }
provider: { name: aws, runtime: nodejs24.x, region: eu-west-1, versionFunctions: false }
functions:
  a: { handler: src/a.handler, timeout: 28, events: [httpApi: '*'] }
  b: { handler: src/a.handler, provisionedConcurrency: 2, events: [sns: topic] }
resources: { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }
`,
    'src/a.ts': HANDLER,
  },
  'no bundler, layers and a prebuilt package': {
    'serverless.yml': `service: layered
plugins: [serverless-lambda-lantern]
package: { patterns: ['!**', 'src/**'] }
provider: { name: aws, runtime: nodejs22.x, region: eu-west-1 }
layers:
  common: { path: layer, package: { patterns: ['**'] } }
  kept: { path: layer, retain: true, package: { patterns: ['**'] } }
functions:
  a: { handler: src/a.handler, layers: [!Ref CommonLambdaLayer], events: [http: GET /a] }
  built: { handler: a.handler, package: { artifact: built.zip }, reservedConcurrency: 3 }
  alone: { handler: src/a.handler, package: { individually: true }, events: [sqs: 'arn:aws:sqs:eu-west-1:111111111111:work'] }
`,
    'src/a.js': HANDLER,
    'layer/nodejs/common.js': 'exports.common = 1;\n',
    'built.zip': zipSync({ 'a.js': strToU8('exports.handler = async () => 1;') }),
  },
  'a plugin that adds a function where code is built': {
    'serverless.yml': `service: growing
plugins: [./adding.cjs, serverless-lambda-lantern]
package: { patterns: ['!**', 'src/**'] }
provider: { name: aws, runtime: nodejs22.x, region: eu-west-1 }
functions: { a: { handler: src/a.handler } }
`,
    'src/a.js': HANDLER,
    'adding.cjs': ADDING,
  },
};

let project: ProjectCopy;
let cloudFormation: Server;

beforeAll(async () => {
  project = await copyProject();
  // A deployment asks whether a layer has changed since the last one; here nothing was ever deployed.
  cloudFormation = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'text/xml' });
    response.end(
      '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist' +
        '</Message></Error></ErrorResponse>',
    );
  }).listen(0, '127.0.0.1');
  await once(cloudFormation, 'listening');
});
afterAll(async () => {
  cloudFormation.close();
  await project.remove();
});

async function serviceOf(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const directory = join(project.directory, name.replaceAll(/\W+/g, '-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

async function succeeded(directory: string, args: readonly string[], env = {}): Promise<Run> {
  const run = runServerless(args, directory, env);
  if ((await run.exited) !== 0) throw new Error(run.output());
  return run;
}

/** What a deployment would have, by name. */
async function deployedAlarms(directory: string): Promise<unknown> {
  const { port } = cloudFormation.address() as AddressInfo;
  const withAccount = { AWS_ACCESS_KEY_ID: 'some', AWS_SECRET_ACCESS_KEY: 'key' };
  await succeeded(directory, ['package'], {
    ...withAccount,
    AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${port}`,
  });
  const file = join(directory, '.serverless/cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(file, 'utf8')) as { Resources: Record<string, AlarmResource> };
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => [
      Properties['AlarmName'],
      Properties['Threshold'],
      Properties['EvaluationPeriods'],
      Properties['DatapointsToAlarm'],
      Properties['TreatMissingData'],
    ]);
}

describe('serverless alarms', () => {
  it.each(Object.entries(SERVICES))('says of %s what a deployment would have', async (name, files) => {
    const directory = await serviceOf(name, files);
    const run = await succeeded(directory, ['alarms', '--format', 'json']);
    const { alarms } = JSON.parse(run.stdout()) as AlarmPlan;
    expect(await readdir(directory)).not.toContain('.serverless');

    expect(alarms.length).toBeGreaterThan(0);
    expect(
      alarms.map(({ name, threshold, evaluationPeriods, datapointsToAlarm, treatMissingData }) => [
        name,
        threshold,
        evaluationPeriods,
        datapointsToAlarm,
        treatMissingData,
      ]),
    ).toEqual(await deployedAlarms(directory));
  });

  it.each(['serverless-esbuild', './bundler.cjs', './descendant.cjs'])(
    'does not build what %s would build',
    async (plugin) => {
      const directory = await serviceOf(`with ${plugin}`, {
        'serverless.yml': `service: unbuilt
plugins: [${plugin}, serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
functions:
  a: { handler: src/a.handler }
  image: { image: 111111111111.dkr.ecr.us-east-1.amazonaws.com/shop:latest }
  elsewhere: { handler: a.handler, package: { artifact: 's3://bucket/artifact.zip' } }
`,
        'src/a.ts': BROKEN,
        'bundler.cjs': BUNDLER,
        'descendant.cjs': DESCENDANT,
      });
      const { alarms } = JSON.parse(
        (await succeeded(directory, ['alarms', '--format', 'json'])).stdout(),
      ) as AlarmPlan;
      const keys = new Set(alarms.map(({ resource }) => resource.key));
      expect(keys).toEqual(new Set(['a', 'image', 'elsewhere', 'account']));
    },
  );

  it('leaves the last package as it is', async () => {
    const directory = await serviceOf('packaged before', {
      'serverless.yml': `service: packaged
plugins: [serverless-lambda-lantern]
provider: { name: aws, runtime: nodejs22.x }
functions: { a: { handler: src/a.handler } }
`,
      'src/a.js': HANDLER,
    });
    await succeeded(directory, ['package', '--stage', 'prod']);
    const folder = join(directory, '.serverless');
    const read = async () =>
      Object.fromEntries(
        await Promise.all(
          (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), 'base64')]),
        ),
      ) as unknown;
    const before = await read();
    await succeeded(directory, ['alarms', '--stage', 'dev', '--cost']);
    expect(await read()).toEqual(before);
    await expect(access(join(directory, '.lantern'))).rejects.toThrow('ENOENT');
  });
});
