import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lantern, pinned } from './packages.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const LOGGER = '@aws-lambda-powertools/logger';
const lowerEnd = (lantern.manifest.dependencies[LOGGER] ?? '').replace(/^\^/, '');

/**
 * Versions of Powertools' Logger, each a copy of its own beside the one that lambda-lantern uses: the lower end of our range, one
 * between, and the newest. Older ones npm does not install beside Middy 7, for which they do not ask, or they do not load beside
 * a newer part of Powertools.
 */
const COPIES: Readonly<Record<string, string>> = {
  'logger-between': '2.33.1',
  'logger-lower-end': lowerEnd,
  'logger-newest': '2',
};

function handlerWith(name: string): string {
  return `
import { Logger } from '${name}';
import middy from '@middy/core';
import { observability, RedactingLogFormatter } from 'lambda-lantern';
import type { PipelineLogger } from 'lambda-lantern';

export const logger = new Logger({
  serviceName: 'orders',
  logFormatter: new RedactingLogFormatter({ deny: { extend: { identity: ['loyalty'] } } }),
});
export const fitting: PipelineLogger = logger;
export const child = logger.createChild({ logFormatter: new RedactingLogFormatter() });
export const plain = new Logger();
export const handler = middy<{ customer: string }>()
  .use(observability({ logger, logging: { logEvent: true, flushBufferOnUncaughtError: true } }))
  .handler(async ({ customer }) => {
    if (customer !== 'nobody') logger.appendKeys({ customerRef: customer });
    logger.info('for jane@example.com', { order: { email: 'jane@example.com', total: 12n, at: new Date(0) } });
    if (customer === 'unlucky') throw new Error('of jane@example.com');
    return { statusCode: 200 };
  });
export const withPlain = middy<{ customer: string }>().use(observability({ logger: plain, logging: { logEvent: true } })).handler(async ({ customer }) => {
  if (customer !== 'nobody') plain.appendKeys({ customerRef: customer });
  plain.info('plain');
});
`;
}

const CALL = `
import { pathToFileURL } from 'node:url';
const { handler, withPlain } = await import(pathToFileURL(process.argv[2]));
const context = (awsRequestId) => ({
  awsRequestId, functionName: 'hello', getRemainingTimeInMillis: () => 5000, memoryLimitInMB: '128',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:hello',
});
const event = { httpMethod: 'GET', headers: { 'x-correlation-id': 'order-1', email: 'jane@example.com' } };
for (const each of [handler, withPlain]) {
  await each({ ...event, customer: 'c-1' }, context('r-1'));
  await each({ ...event, customer: 'nobody' }, context('r-2'));
}
await handler({ ...event, customer: 'unlucky' }, context('r-3')).catch(() => undefined);
`;

let project: ScratchProject;
beforeAll(async () => {
  const aliases = Object.entries(COPIES).map(([name, version]) => [name, `npm:${LOGGER}@${version}`]);
  project = await createScratchProject(['lambda-lantern'], {
    ...(Object.fromEntries(aliases) as Record<string, string>),
    ...pinned('@middy/core', 'typescript', '@types/node', '@types/aws-lambda'),
  });
  for (const name of Object.keys(COPIES)) await project.write(`src/${name}.ts`, handlerWith(name));
  await project.write('src/subclass.ts', SUBCLASS);
  await project.write('call.mjs', CALL);
});
afterAll(() => project.remove());

/** A formatter of the user's own, made from ours. */
const SUBCLASS = `
import { Logger, LogItem } from '${LOGGER}';
import type { LogAttributes, UnformattedAttributes } from '${LOGGER}/types';
import { RedactingLogFormatter } from 'lambda-lantern';
class Own extends RedactingLogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, more: LogAttributes): LogItem {
    return super.formatAttributes(attributes, more).addAttributes({ team: 'orders' });
  }
}
export const logger = new Logger({ logFormatter: new Own() });
export const formatter: RedactingLogFormatter = new Own({ mode: 'shape' });
`;

it('the formatter and the pipeline take a Logger of every copy, in a strict project', async () => {
  expect(await project.typeErrors()).toBe('');
});

describe.each(Object.keys(COPIES))('with %s', (name) => {
  it('lines are masked, carry the id, and keys end with their invocation', async () => {
    const run = project.start(['call.mjs', `src/${name}.ts`]);
    expect(await run.exited).toBe(0);
    const output = run.output();
    const lines = output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

    expect(output).not.toContain('jane');
    const ours = lines.filter(({ service }) => service === 'orders');
    expect(ours.map(({ message }) => message)).toEqual([
      'Lambda invocation event',
      'for [email]',
      'Lambda invocation event',
      'for [email]',
      'Lambda invocation event',
      'for [email]',
      'Uncaught error detected, flushing log buffer before exit',
    ]);
    for (const line of ours)
      expect(line).toMatchObject({ correlation_id: 'order-1', function_name: 'hello' });
    expect(ours[1]).toMatchObject({
      order: { email: '[contact]', total: '12', at: '1970-01-01T00:00:00.000Z' },
    });
    const references = lines.map(({ customerRef }) => customerRef);
    expect(references).toEqual([
      ...[undefined, 'c-1', undefined, undefined],
      ...[undefined, 'c-1', undefined, undefined],
      ...[undefined, 'unlucky', 'unlucky'],
    ]);
    expect(ours.at(-1)).toMatchObject({ error: { message: 'of [email]' } });
  });
});
