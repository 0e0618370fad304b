/** A program that invokes a function that never answers, for the test that ends it suddenly. */
import { LambdaService } from '../../../local/lambda/lambda-service.ts';
import { functionDefinition } from './definition.ts';

function nothing(): void {}

const service = new LambdaService({
  functions: [functionDefinition()],
  region: 'eu-central-1',
  accountId: '000000000000',
  endpoints: {},
  daemonAddress: '127.0.0.1:2000',
  onLog: nothing,
  onReport: nothing,
  onSegment: nothing,
});
await service.start();
const functionName = 'shop-local-actions';
const { payload } = await service.invoke({ functionName, payload: '{}' });
void service.invoke({ functionName, payload: '{"action":"wait","milliseconds":60000}' });
process.stdout.write(payload);
