import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../../local/cloudwatch/math/parse-expression.ts';
import { checkAlarms } from '../../../../plugin/alarms/check/check-alarms.ts';
import { planAlarms } from '../../../../plugin/alarms/plan-alarms.ts';
import { functionResources, inventoryOf } from '../../../helpers/inventory.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

function optional<Value>(value: fc.Arbitrary<Value>) {
  return fc.option(value, { nil: undefined });
}

/** Within what Lambda, SQS and DynamoDB allow. */
const functionProperties = fc.record({
  Timeout: fc.integer({ min: 1, max: 900 }),
  MemorySize: fc.integer({ min: 128, max: 10_240 }),
  ReservedConcurrentExecutions: optional(fc.integer({ min: 0, max: 1000 })),
  LoggingConfig: fc.record({
    LogFormat: fc.constantFrom('JSON', 'Text'),
    SystemLogLevel: fc.constantFrom('DEBUG', 'INFO', 'WARN'),
  }),
  DeadLetterConfig: optional(fc.constant({ TargetArn: 'arn' })),
});
const queueProperties = fc.record({
  MessageRetentionPeriod: fc.integer({ min: 60, max: 1_209_600 }),
  VisibilityTimeout: fc.integer({ min: 0, max: 43_200 }),
  RedrivePolicy: optional(
    fc.record({
      maxReceiveCount: fc.integer({ min: 1, max: 1000 }),
      deadLetterTargetArn: fc.constant({ 'Fn::GetAtt': ['Dead', 'Arn'] }),
    }),
  ),
});
const indexName = fc.stringMatching(/^[a-zA-Z0-9_.-]{3,40}$/);

const service = fc
  .record({
    functions: fc.array(functionProperties, { minLength: 1, maxLength: 4 }),
    queue: queueProperties,
    indexes: fc.uniqueArray(indexName, { maxLength: 3 }),
    eventAge: fc.integer({ min: 60, max: 21_600 }),
    window: fc.integer({ min: 0, max: 300 }),
    provisioned: fc.integer({ min: 1, max: 100 }),
  })
  .map(({ functions, queue, indexes, eventAge, window, provisioned }) => {
    const FunctionName = { Ref: 'F0LambdaFunction' };
    return inventoryOf({
      ...(Object.assign({}, ...functions.map((fn, i) => functionResources(`F${i}`, `f-${i}`, fn))) as object),
      Work: { Type: 'AWS::SQS::Queue', Properties: queue },
      Dead: { Type: 'AWS::SQS::Queue', Properties: {} },
      FromWork: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { FunctionName, EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] } },
      },
      FromStream: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName,
          EventSourceArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/s',
          MaximumBatchingWindowInSeconds: window,
        },
      },
      Invoke: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { FunctionName, MaximumEventAgeInSeconds: eventAge },
      },
      Live: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName,
          Name: 'live',
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: provisioned },
        },
      },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: { GlobalSecondaryIndexes: indexes.map((IndexName) => ({ IndexName })) },
      },
    });
  });

describe('the alarms of any service', () => {
  it('pass the check, whatever AWS allows its functions, queues and tables to be', () => {
    fc.assert(
      fc.property(service, (inventory) => {
        const plan = planAlarms(inventory, {
          defaults: { function: { initDuration: true, coldStarts: true, traffic: true } },
        });
        expect(checkAlarms(plan, inventory)).toEqual([]);
      }),
      runs(200),
    );
  });

  it('are made of expressions that CloudWatch understands', () => {
    fc.assert(
      fc.property(service, (inventory) => {
        for (const { metric } of planAlarms(inventory).alarms) {
          if (metric.kind === 'stat') continue;
          for (const part of metric.metrics) if ('expression' in part) parseExpression(part.expression);
        }
      }),
      runs(20),
    );
  });
});
