/** A program that invokes a function, which leaves a child, and then does what the argument says, for the test that ends it suddenly. */
import type { InvokeResponse } from '../../../local/lambda/invocation.ts';
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
function invoke(event: object): Promise<InvokeResponse> {
  return service.invoke({ functionName, payload: JSON.stringify(event) });
}

const { payload } = await invoke({});
const child = await invoke({ action: 'leave-child' });
void invoke(JSON.parse(process.argv[2] ?? '{}') as object);
process.stdout.write(`[${payload},${child.payload}]`);
