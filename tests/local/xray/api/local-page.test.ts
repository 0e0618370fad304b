import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-xray';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { XRayService } from '../../../../local/start-xray.ts';
import { startXRay } from '../../../../local/start-xray.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/local.md'), 'utf8');

/** Enough for any operation to leave the client. */
const INPUT = {
  ...{ TraceIds: [], TelemetryRecords: [], SamplingStatisticsDocuments: [], TraceSegmentDocuments: [] },
  ...{ StartTime: new Date(0), EndTime: new Date(), GroupName: 'g', RuleName: 'r', Name: 'n' },
  ...{ ResourceARN: 'arn:aws:xray:eu-west-1:0:group/g/1', Tags: [], TagKeys: [] },
  ...{ InsightId: 'i', RetrievalToken: 't', PolicyName: 'p', PolicyDocument: '{}', Type: 'NONE' },
  ...{ Destination: 'XRay', Rule: { Probabilistic: { DesiredSamplingPercentage: 5 } } },
};

let service: XRayService;
beforeAll(async () => {
  service = await startXRay({ port: 0, daemonPort: 0, otlpPort: 0, onNotice: () => undefined });
});
afterAll(() => service.stop());

it('says of every operation of X-Ray that is not served that it is not', async () => {
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new sdk.XRayClient({
    endpoint: service.url,
    region: 'eu-west-1',
    credentials,
    maxAttempts: 1,
  });
  const operations = Object.entries(sdk).flatMap(([name, Command]) => {
    const [, operation] = /^(\w+)Command$/.exec(name) ?? [];
    return operation === undefined
      ? []
      : [{ operation, Command: Command as typeof sdk.GetTraceSummariesCommand }];
  });
  const notServed: string[] = [];
  for (const { operation, Command } of operations) {
    const failure: unknown = await client.send(new Command(INPUT)).then(
      () => undefined,
      (error: unknown) => error,
    );
    if ((failure as Error | undefined)?.name === 'UnknownOperationException') notServed.push(operation);
  }
  client.destroy();

  expect(operations.length).toBeGreaterThan(30);
  const [, told = ''] =
    /^Not served, and answered with `UnknownOperationException`: ([^.]*)\./m.exec(PAGE) ?? [];
  expect(notServed.sort()).toEqual((told.match(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g) ?? []).sort());
});
