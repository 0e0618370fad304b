import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdated,
} from '@aws-sdk/client-lambda';
import type { UpdateFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LambdaApi } from '../../../local/lambda/lambda-api.ts';
import type { FunctionDefinition } from '../../../local/template/service.ts';
import { until } from '../../helpers/until.ts';
import { functionDefinition } from './definition.ts';
import { isRunning, startService } from './harness.ts';

const FunctionName = 'shop-local-actions';
const { arn } = functionDefinition();

async function startApi(updateDurationMs = 20, functions = [functionDefinition({ tags: { team: 'shop' } })]) {
  const harness = await startService(functions);
  const changed: FunctionDefinition[] = [];
  const api = new LambdaApi({
    invoke: harness.service.invoke,
    functions,
    onConfigurationChanged: (definition) => {
      harness.service.reconfigure(definition);
      changed.push(definition);
    },
    updateDurationMs,
    port: 0,
    howToChoosePort: 'none',
    onDropped: () => undefined,
  });
  const { url: endpoint } = await api.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint, credentials, region: 'eu-central-1', maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await api.stop();
  });
  const read = () => client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const update = (input: Partial<UpdateFunctionConfigurationCommandInput>) =>
    client.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...input }));
  const updated = () =>
    waitUntilFunctionUpdated({ client, maxWaitTime: 10, minDelay: 0.01 }, { FunctionName });
  const environment = async (): Promise<Record<string, string>> => {
    const { Payload } = await client.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify({ action: 'environment' }) }),
    );
    return JSON.parse(Payload?.transformToString() ?? '') as Record<string, string>;
  };
  return { ...harness, api, client, endpoint, changed, read, update, updated, environment };
}

/** Removed with the test. */
async function copyOfTheCode(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lantern-code-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(functionDefinition().codeDirectory, folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return folder;
}

describe('the layers of a function', () => {
  it('are those of the template, in its order, whether they are here or not', async () => {
    const arns = ['arn:aws:lambda:eu-west-1:1:layer:one:1', 'arn:aws:lambda:eu-west-1:1:layer:two:2'];
    const layers = arns.map((each, index) => ({ arn: each, isHere: index === 0 }));
    const { read } = await startApi(20, [functionDefinition({ layers })]);
    expect((await read()).Layers).toEqual(arns.map((Arn) => ({ Arn })));
  });
});

describe('the timeout of a function', () => {
  it('goes up to half an hour, and further on managed instances', async () => {
    const managedInstances = true;
    const { client, update, updated } = await startApi(20, [
      functionDefinition(),
      functionDefinition({ name: 'shop-local-managed', managedInstances }),
    ]);
    const managed = { FunctionName: 'shop-local-managed' };
    expect(await update({ Timeout: 1800 })).toMatchObject({ Timeout: 1800 });
    expect(await update({ ...managed, Timeout: 5400 })).toMatchObject({ Timeout: 5400 });
    await updated();
    await waitUntilFunctionUpdated({ client, maxWaitTime: 10, minDelay: 0.01 }, managed);
    await expect(update({ ...managed, Timeout: 5401 })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('the code of a function', () => {
  it('changes for later invocations, and one under way ends with its own', async () => {
    const { api, service, call } = await startApi();
    const codeDirectory = await copyOfTheCode();
    const { pid } = await call();
    const underWay = call({ action: 'wait', milliseconds: 200 });

    api.codeChanged(FunctionName, codeDirectory);
    const nothingRunsTheOld = service.updateCode(FunctionName, codeDirectory);

    expect(await call()).toMatchObject({ directory: codeDirectory, invocations: 1 });
    expect(await underWay).toEqual({ pid });
    await nothingRunsTheOld;
    expect(isRunning(pid as number)).toBe(false);
  });

  it('is not undone by a change of the configuration, nor does it undo one', async () => {
    const { api, service, call, read, update, updated } = await startApi();
    const codeDirectory = await copyOfTheCode();
    const before = await read();
    await update({ Timeout: 7 });

    api.codeChanged(FunctionName, codeDirectory);
    await service.updateCode(FunctionName, codeDirectory);

    await updated();
    expect(await call()).toMatchObject({ directory: codeDirectory });
    const after = await read();
    expect(after).toMatchObject({ Timeout: 7, LastUpdateStatus: 'Successful' });
    expect(after.RevisionId).not.toBe(before.RevisionId);
  });
});

describe('the configuration of a function, read by the AWS SDK', () => {
  it('is what the template says, and not being changed', async () => {
    const { read, client } = await startApi();
    const configuration = await read();
    expect(configuration).toMatchObject({
      FunctionName,
      FunctionArn: arn,
      Handler: 'actions.handler',
      Timeout: 30,
      MemorySize: 256,
      TracingConfig: { Mode: 'Active' },
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    const { Configuration, Tags } = await client.send(new GetFunctionCommand({ FunctionName: arn }));
    expect(Configuration?.RevisionId).toBe(configuration.RevisionId);
    expect(Tags).toEqual({ team: 'shop' });
  });

  it('is listed, in pages', async () => {
    const functions = [functionDefinition(), functionDefinition({ name: 'shop-local-other' })];
    const { client } = await startApi(20, functions);
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    const second = await client.send(new ListFunctionsCommand({ Marker: first.NextMarker }));
    const names = [first, second].map(({ Functions }) => Functions?.map((each) => each.FunctionName));
    expect(names).toEqual([['shop-local-actions'], ['shop-local-other']]);
    expect(second.NextMarker).toBeUndefined();
  });
});

describe('a change of the configuration', () => {
  it('is shown at once, in force a moment later, and gives new environments their variables', async () => {
    const { read, update, updated, environment, changed } = await startApi();
    const before = await environment();
    const { RevisionId } = await read();

    const accepted = await update({
      Environment: { Variables: { COLOUR: 'green' } },
      TracingConfig: { Mode: 'PassThrough' },
      ...(RevisionId !== undefined && { RevisionId }),
    });
    expect(accepted).toMatchObject({
      LastUpdateStatus: 'InProgress',
      Environment: { Variables: { COLOUR: 'green' } },
      TracingConfig: { Mode: 'PassThrough' },
      MemorySize: 256,
    });
    expect(accepted.RevisionId).not.toBe(RevisionId);

    await updated();
    expect(await read()).toMatchObject({ LastUpdateStatus: 'Successful' });
    expect((await read()).RevisionId).not.toBe(accepted.RevisionId);
    expect(before.COLOUR).toBeUndefined();
    expect((await environment()).COLOUR).toBe('green');
    expect(changed).toMatchObject([{ tracingMode: 'PassThrough', environment: { COLOUR: 'green' } }]);
  });

  it('leaves a busy environment its last invocation, and gives the next one a new environment', async () => {
    const { call, update, updated } = await startApi();
    const busy = call({ action: 'wait', milliseconds: 400 });
    await update({ Environment: { Variables: { COLOUR: 'green' } }, Timeout: 5 });
    await updated();
    const fresh = await call();

    const { pid } = await busy;
    expect(fresh.pid).not.toBe(pid);
    await until(() => !isRunning(Number(pid)), 'the end of the process');
    expect(isRunning(Number(fresh.pid))).toBe(true);
  });

  it('records traces by the mode in force', async () => {
    const { invoke, documents, update, updated } = await startApi();
    await update({ TracingConfig: { Mode: 'PassThrough' } });
    await updated();
    documents.length = 0;
    await invoke();
    expect(documents).toEqual([]);
    await update({ TracingConfig: { Mode: 'Active' } });
    await updated();
    await invoke();
    expect(documents).not.toEqual([]);
  });

  it('is refused while another is in progress, and for a revision that is not the latest', async () => {
    const { read, update, updated } = await startApi(200);
    const { RevisionId } = await read();
    await update({ Timeout: 10 });
    await expect(update({ Timeout: 11 })).rejects.toMatchObject({
      name: 'ResourceConflictException',
      $metadata: { httpStatusCode: 409 },
    });
    await updated();
    await expect(update({ Timeout: 11, ...(RevisionId && { RevisionId }) })).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      $metadata: { httpStatusCode: 412 },
    });
    expect((await read()).Timeout).toBe(10);
  });

  it.each<[name: string, named: string, input: Partial<UpdateFunctionConfigurationCommandInput>]>([
    ['ValidationException', '1801', { Timeout: 1801 }],
    ['ValidationException', 'memorySize', { MemorySize: 64 }],
    ['ValidationException', 'PassThrough', { TracingConfig: { Mode: 'On' as 'Active' } }],
    ['ValidationException', '1ST', { Environment: { Variables: { '1ST': 'x' } } }],
    ['InvalidParameterValueException', 'AWS_REGION', { Environment: { Variables: { AWS_REGION: 'x' } } }],
    ['InvalidParameterValueException', '4KB', { Environment: { Variables: { BIG: 'x'.repeat(4090) } } }],
    ['InvalidParameterValueException', 'Handler', { Handler: 'other.handler' }],
    ['InvalidParameterValueException', '$LATEST', { FunctionName: `${arn}:live`, Timeout: 5 }],
    ['ResourceNotFoundException', 'other', { FunctionName: 'other', Timeout: 5 }],
  ])('is refused with %s, which names %s', async (name, named, input) => {
    const { update, changed } = await startApi();
    const refusal = await update(input).catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ name });
    expect((refusal as Error).message).toContain(named);
    expect(changed).toEqual([]);
  });
});

describe('the tags of a function', () => {
  it('are added, replaced and removed', async () => {
    const { client } = await startApi();
    const tags = async () => (await client.send(new ListTagsCommand({ Resource: arn }))).Tags;
    await client.send(new TagResourceCommand({ Resource: arn, Tags: { team: 'orders', 'a:b': 'c d' } }));
    expect(await tags()).toEqual({ team: 'orders', 'a:b': 'c d' });
    await client.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['team', 'none'] }));
    expect(await tags()).toEqual({ 'a:b': 'c d' });
  });

  it.each<[named: string, tags: Record<string, string>]>([
    ['reserved', { 'aws:x': 'y' }],
    ['reason', { reason: 'no (brackets)' }],
    ['256', { long: 'x'.repeat(257) }],
    ['50', Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']))],
  ])('are refused when Lambda would not take them, with a message that names %s', async (named, Tags) => {
    const { client } = await startApi();
    const refusal = await client
      .send(new TagResourceCommand({ Resource: arn, Tags }))
      .catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ name: 'InvalidParameterValueException' });
    expect((refusal as Error).message).toContain(named);
  });

  it('belong to the function, not to an alias of it', async () => {
    const { client } = await startApi();
    await expect(client.send(new ListTagsCommand({ Resource: `${arn}:live` }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });
});

describe('a request that is none of the SDK', () => {
  it('is refused when a page in a browser could have sent it', async () => {
    const { endpoint, read } = await startApi();
    const url = `${endpoint}/2015-03-31/functions/${FunctionName}/configuration`;
    const headers = { Origin: 'https://evil.example' };
    expect((await fetch(url, { method: 'PUT', headers, body: '{"Timeout":5}' })).status).toBe(403);
    expect((await read()).Timeout).toBe(30);
  });

  it('is told which operations there are', async () => {
    const { endpoint } = await startApi();
    const response = await fetch(`${endpoint}/2015-03-31/functions/${FunctionName}/policy`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('UpdateFunctionConfiguration');
  });

  it('is refused when its body is no JSON', async () => {
    const { endpoint } = await startApi();
    const url = `${endpoint}/2015-03-31/functions/${FunctionName}/configuration`;
    const response = await fetch(url, { method: 'PUT', body: '{oops' });
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidRequestContentException');
  });
});
