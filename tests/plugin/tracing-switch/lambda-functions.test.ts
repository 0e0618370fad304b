import { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LambdaFunctions } from '../../../plugin/tracing-switch/lambda-functions.ts';
import { startAwsEndpoint } from '../../helpers/aws-endpoint.ts';

async function start(milliseconds = 10_000) {
  const endpoint = await startAwsEndpoint();
  const client = new LambdaClient({
    endpoint: endpoint.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await endpoint.stop();
  });
  return { endpoint, functions: new LambdaFunctions(client, Date.now() + milliseconds) };
}

describe('a function as Lambda shows it', () => {
  it('is refused when its environment cannot be decrypted: what was not read must not be written back', async () => {
    const { endpoint, functions } = await start();
    const Environment = {
      Error: { ErrorCode: 'AccessDeniedException', Message: 'no access to the KMS key' },
    };
    endpoint.answerWith({ status: 200, body: JSON.stringify({ FunctionArn: 'arn', Environment }) });

    await expect(functions.read('take-payment')).rejects.toThrow(
      /environment of take-payment cannot be read, so it is left alone: no access to the KMS key/,
    );
    expect(endpoint.requests).toHaveLength(1);
  });

  it('is read again after a failure of the service, and is updating while it is created', async () => {
    const { endpoint, functions } = await start();
    endpoint.answerWith(
      { status: 503, body: '{}' },
      { status: 200, body: JSON.stringify({ FunctionArn: 'arn', State: 'Pending', RevisionId: 'r-1' }) },
      { status: 200, body: '{"Tags":{"a":"b"}}' },
    );
    expect(await functions.read('take-payment')).toMatchObject({
      updating: true,
      variables: {},
      configuration: { mode: 'PassThrough', variable: undefined },
      tags: { a: 'b' },
    });
  });

  it('is given up at the deadline when Lambda does not answer at all', async () => {
    const { endpoint, functions } = await start(300);
    endpoint.answerWith('hang');
    await expect(functions.read('take-payment')).rejects.toMatchObject({ name: 'OutOfTimeError' });
  });
});
