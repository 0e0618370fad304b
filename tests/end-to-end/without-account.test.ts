import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmPlan } from '../../plugin/alarms/alarm-plan.ts';
import type { LocalStack } from '../helpers/local-stack.ts';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

const SERVERLESS_YML = `service: elsewhere
plugins: [serverless-lambda-lantern]
package: { patterns: ['!**', index.js] }
custom:
  lantern:
    local:
      values: \${file(values.yml)}
provider:
  name: aws
  runtime: nodejs22.x
  region: eu-west-1
  environment:
    SET: \${ssm:/shop/set}
    SET_IN_REGION: \${ssm(us-east-1):/shop/set}
    OF_STACK: \${cf:network-dev.Subnet}
    MISSING: \${ssm:/shop/missing}
    MISSING_OUTPUT: \${cf(us-east-1):other.Output}
    FALLBACK: \${ssm:/shop/not-there, 'instead'}
    ABSENT: \${ssm:/shop/absent, 'it is absent'}
    FILE: \${s3:bucket/key}
    ACCOUNT: \${aws:accountId}
    IMPORTED: !ImportValue some-export
layers:
  common: { path: layer, package: { patterns: ['**'] } }
functions:
  show: { handler: index.handler, timeout: '\${ssm:/shop/timeout}', layers: [!Ref CommonLambdaLayer], events: [http: GET /] }
`;

const VALUES_YML = `ssm:/shop/set: from-settings
ssm(us-east-1):/shop/set: from-settings-of-us-east-1
ssm:/shop/timeout: 17
ssm:/shop/absent: null
cf:network-dev.Subnet: subnet-7
import:some-export: exported
`;

const HANDLER = `exports.handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) });\n`;

let project: ProjectCopy;
let service: string;
let stack: LocalStack;

beforeAll(async () => {
  project = await copyProject();
  service = join(project.directory, 'elsewhere');
  const files = {
    'serverless.yml': SERVERLESS_YML,
    'values.yml': VALUES_YML,
    'index.js': HANDLER,
    'layer/nodejs/common.js': 'exports.common = 1;\n',
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(service, name)), { recursive: true });
    await writeFile(join(service, name), content);
  }
  stack = await startLocalStack(service);
});
afterAll(async () => {
  await stack.stop();
  await project.remove();
});

describe('a service without a line of tracing', () => {
  it('has traces of Lambda and the gateway, and its first line says that AWS would have none', async () => {
    expect(stack.run.output()).toContain(
      'tracing on here, and off in AWS unless serverless.yml has provider.tracing: { lambda: true, apiGateway: true }',
    );
    expect((await fetch(stack.api)).status).toBe(200);
    const [listed] = await until(async () => {
      const { traces } = await stack.traces();
      return traces.length > 0 && traces;
    }, 'its trace');
    const { trace } = await stack.trace(listed?.id ?? '');
    expect(trace.segments.map(({ origin }) => origin)).toEqual([
      'AWS::ApiGateway::Stage',
      'AWS::Lambda',
      'AWS::Lambda::Function',
    ]);
  });
});

describe('a service that needs an account', () => {
  it('starts without one, with what the settings say, and placeholders for the rest', async () => {
    expect(await (await fetch(stack.api)).json()).toMatchObject({
      SET: 'from-settings',
      SET_IN_REGION: 'from-settings-of-us-east-1',
      OF_STACK: 'subnet-7',
      MISSING: 'lantern-unresolved:ssm:/shop/missing',
      MISSING_OUTPUT: 'lantern-unresolved:cf:other.Output',
      FALLBACK: 'instead',
      ABSENT: 'it is absent',
      FILE: 'lantern-unresolved:s3:bucket/key',
      ACCOUNT: '000000000000',
      IMPORTED: 'exported',
    });
  });

  it('has what is missing named at start, with where to set it', () => {
    const output = stack.run.output().replaceAll(/\s+/g, ' ');
    expect(output).toMatch(/Only AWS knows (ssm:\/shop\/missing|cf:other\.Output|s3:bucket\/key|, )+:/);
    expect(output).toContain('custom.lantern.local.values');
    expect(output).not.toContain('ssm:/shop/not-there');
  });

  it('has its alarms by the values of the settings', async () => {
    const run = runServerless(['alarms', '--format', 'json'], service);
    expect(await run.exited, run.output()).toBe(0);
    const { alarms } = JSON.parse(run.stdout()) as AlarmPlan;
    const duration = alarms.find(({ id }) => id === 'function.duration');
    expect(duration?.reason).toContain('of its timeout of 17 s');
    expect(run.output()).toContain('Only AWS knows');
  });
});
