import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceInfo } from '../../local/console-contract.ts';
import type { AlarmChange } from '../helpers/alarm-messages.ts';
import { snsAlarmMessage } from '../helpers/alarm-messages.ts';
import type { LocalStack } from '../helpers/local-stack.ts';
import { startLocalStack } from '../helpers/local-stack.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { until } from '../helpers/until.ts';

const FUNCTION = 'order-shop-local-take-payment';
const TOPIC = 'arn:aws:sns:eu-west-1:000000000000:order-shop-local-alarms';

let project: ProjectCopy;
let stack: LocalStack;
let lambda: LambdaClient;
let sns: SNSClient;

beforeAll(async () => {
  project = await copyProject();
  stack = await startLocalStack(project.directory, ['--param', 'tracing=off']);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const region = 'eu-west-1';
  lambda = new LambdaClient({ endpoint: `http://localhost:${stack.port + 2}`, credentials, region });
  sns = new SNSClient({ endpoint: `http://localhost:${stack.port + 3}`, credentials, region });
});
afterAll(async () => {
  lambda.destroy();
  sns.destroy();
  await stack.stop();
  await project.remove();
});

/** What CloudWatch sends to the topic of the alarms. */
async function alarmChanges(state: AlarmChange['state']): Promise<void> {
  const Message = snsAlarmMessage({
    alarmName: `${FUNCTION}-duration`,
    state,
    dimensions: { FunctionName: FUNCTION },
  });
  await sns.send(new PublishCommand({ TopicArn: TOPIC, Message }));
}

async function inForce(mode: 'Active' | 'PassThrough', variable: string): Promise<void> {
  await until(async () => {
    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }));
    const { TracingConfig, Environment, LastUpdateStatus } = configuration;
    const now = [TracingConfig?.Mode, Environment?.Variables?.POWERTOOLS_TRACE_ENABLED, LastUpdateStatus];
    return now.join() === [mode, variable, 'Successful'].join();
  }, `tracing mode ${mode}`);
}

/** The functions that the page shows as traced. */
async function tracedOnPage(): Promise<string[]> {
  const info = (await (await fetch(`${stack.console}/api/service`)).json()) as ServiceInfo;
  return info.functions.filter(({ tracing }) => tracing).map(({ key }) => key);
}

function fulfilled() {
  return (stack.run.output().match(/order fulfilled/g) ?? []).length;
}

/** Places an order and waits until it is paid: the last call is that of take-payment, by way of a queue and of HTTP. */
async function order(): Promise<void> {
  const before = fulfilled();
  expect((await stack.order('tea', { 'x-correlation-id': 'order-1' })).status).toBe(201);
  await until(() => fulfilled() > before, 'the payment');
}

describe('tracing on demand', () => {
  it('goes on with the alarm of a function, for that function alone, and off when the alarm is OK', async () => {
    expect(stack.run.output()).toContain('tracing off');
    await order();
    expect((await stack.traces()).traces).toEqual([]);
    // The correlation id is there without tracing.
    expect(stack.run.output()).toMatch(/fulfil-order .*"correlation_id":"order-1"/);

    await alarmChanges('ALARM');
    await inForce('Active', 'true');
    await order();
    const [summary] = await until(async () => {
      const { traces } = await stack.traces();
      return traces.some(({ isPartial }) => !isPartial) ? traces : undefined;
    }, 'a trace of take-payment');
    const { trace } = await stack.trace(summary?.id ?? '');
    const names = [...new Set(trace.segments.map(({ name }) => name))];
    expect(names).toEqual([FUNCTION]);
    expect(JSON.stringify(trace)).toContain('chargeCard');

    expect(await tracedOnPage()).toEqual(['take-payment']);

    await alarmChanges('OK');
    await inForce('PassThrough', 'false');
    expect(await tracedOnPage()).toEqual([]);
    const traced = (await stack.traces()).traces.length;
    await order();
    expect((await stack.traces()).traces).toHaveLength(traced);
    expect(stack.run.output()).toContain(`tracing of ${FUNCTION} turned off: ${FUNCTION}-duration is OK`);
  });

  it('goes on and off by hand, through the same local AWS', async () => {
    const tracing = async (...args: string[]): Promise<string> => {
      const run = runServerless(['tracing', ...args, '--stage', 'local'], project.directory, {
        AWS_ENDPOINT_URL_LAMBDA: `http://localhost:${stack.port + 2}`,
        AWS_ENDPOINT_URL_SCHEDULER: `http://localhost:${stack.port + 19}`,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      });
      await run.exited;
      return run.output();
    };
    expect(await tracing('on', '--function', 'take-payment', '--for', '15m')).toContain(
      'take-payment: turned on',
    );
    await inForce('Active', 'true');
    const status = await tracing('status');
    expect(status).toMatch(/take-payment +on +\S+ with serverless tracing/);
    expect(status).toMatch(/create-order +off\n/);
    expect(status).toMatch(/on-alarm +off, never on/);
    expect(await tracing('off', '-f', 'take-payment')).toContain('take-payment: turned off');
    await inForce('PassThrough', 'false');
  });
});
