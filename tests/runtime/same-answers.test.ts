import { describe, expect, it } from 'vitest';
import type { Row } from './functions.ts';
import { FUNCTIONS, WITH_CALLBACKS, WITHOUT_CALLBACKS } from './functions.ts';
import type { Outcome } from './run-function.ts';
import { AWS_CLIENTS, BOOTSTRAP, runFunction } from './run-function.ts';

describe.each([
  ['nodejs24.x', [...FUNCTIONS, ...WITHOUT_CALLBACKS]],
  ['nodejs22.x', [...FUNCTIONS, ...WITH_CALLBACKS]],
] as const)('our bootstrap for %s', (runtime, rows) => {
  it.each(rows)('runs $title as AWS’s client does', async (row) => {
    const [theirs, ours] = await Promise.all([
      runFunction(AWS_CLIENTS[runtime], runtime, row),
      runFunction(BOOTSTRAP, runtime, row),
    ]);
    expect(compared(ours, row)).toEqual(compared(theirs, row));
  });
});

describe('a function in Python', () => {
  it('runs unchanged against our Runtime API, and is answered for as one in JavaScript', async () => {
    const events = [{ text: 'grüße', list: [1, null] }, { fail: true }];
    const identity = '{"cognitoIdentityId":"a","cognitoIdentityPoolId":"b"}';
    const invocation = { clientContext: '{"custom":{"a":"ü"},"env":{},"client":{}}', identity };
    const python = await runFunction(AWS_CLIENTS['python3.13'], 'python3.13', {
      handler: 'index.handler',
      events,
      invocation,
      files: {
        'index.py': `
class DeclinedError(Exception):
    pass

def handler(event, context):
    if event.get('fail'):
        raise DeclinedError('declined: ü')
    return [event, context.aws_request_id, context.invoked_function_arn, context.function_name,
            context.client_context.custom, context.identity.cognito_identity_id,
            context.get_remaining_time_in_millis() > 0]
`,
      },
    });
    const javascript = await runFunction(BOOTSTRAP, 'nodejs24.x', {
      events,
      invocation,
      files: {
        'index.mjs': `
class DeclinedError extends Error {
  name = 'DeclinedError';
}
export async function handler(event, context) {
  if (event.fail) throw new DeclinedError('declined: ü');
  return [event, context.awsRequestId, context.invokedFunctionArn, context.functionName,
    context.clientContext.custom, context.identity.cognitoIdentityId, context.getRemainingTimeInMillis() > 0];
}
`,
      },
    });
    expect(python.answers).toEqual(javascript.answers);
    expect(python.answers).toMatchObject([
      expect.arrayContaining([events[0]]),
      { errorType: 'DeclinedError' },
    ]);
  });

  it('that cannot be loaded has an error of init', async () => {
    const { initError } = await runFunction(AWS_CLIENTS['python3.13'], 'python3.13', {
      files: { 'index.py': 'import nobody_has_it' },
    });
    expect(initError).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
  });
});

/** Each has its code in a folder of its own. */
const CODE = /\/[^\s"']*lantern-runtime-\w+/g;

/** What has to be the same: stacks have frames of each runtime's own, and times pass. */
function compared(
  { lines, exit, ...outcome }: Outcome,
  { errors = 'all', comparesLines = true, comparesEnd = true }: Row,
): object {
  const ended = exit === undefined || outcome.initError !== undefined || !comparesEnd ? {} : { exit };
  const shown = { ...outcome, ...ended, ...(comparesLines && { lines: lines.map(withoutPlaceAndTime) }) };
  const json = JSON.stringify(shown, (_key, value: unknown) => (value === undefined ? 'undefined' : value));
  return JSON.parse(json.replaceAll(CODE, 'CODE'), (key, value: unknown) =>
    key === 'errorMessage' && errors === 'types' ? 'any' : value,
  ) as object;
}

function withoutPlaceAndTime(line: string): string {
  return (
    line
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME')
      .replaceAll(/"(stack|stackTrace)":\[(?:"(?:[^"\\]|\\.)*",?)*\]/g, '"$1":[]')
      // Only the newer client's own errors have their name as a field.
      .replaceAll(/"name":"Runtime\.\w+",/g, '')
      .replaceAll(/\n? +at .*/g, '')
  );
}
