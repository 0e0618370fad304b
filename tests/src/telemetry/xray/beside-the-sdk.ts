import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type XRaySdk from 'aws-xray-sdk-core';
import type { Tracer as PowertoolsTracer } from '@aws-lambda-powertools/tracer';
import type { captureLambdaHandler as CaptureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import { InvokeStore, InvokeStoreBase } from '@aws/lambda-invoke-store';
import middy from '@middy/core';
import type { MiddyfiedHandler } from '@middy/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { completeOf, exceptionsOf, handlerOf, isHandler, named } from '../../../contract/documents.ts';
import type { Sent } from '../../../contract/documents.ts';
import { invoke } from '../../../contract/invoke.ts';
import type { Invoked } from '../../../contract/invoke.ts';
import type { DocumentReceiver } from '../../../helpers/document-receiver.ts';
import { lambdaContext, sampledTrace } from '../../../helpers/lambda.ts';
import { receiveFrom, tracerOf } from '../../../helpers/recorders.ts';
import { startWebServer } from '../../clients/web-server.ts';
import type { WebServer } from '../../clients/web-server.ts';
import { observability, traced } from '../../../../src/index.ts';
import type { Tracer } from '../../../../src/index.ts';

type Sdk = typeof XRaySdk;

const { X_RAY_TRACE_ID } = InvokeStoreBase.PROTECTED_KEYS;
const require = createRequire(import.meta.url);

/** Runs the tests of an X-Ray SDK that is used in the same function; the process says whether that is in Lambda. */
export function besideTheSdk(): void {
  let daemon: DocumentReceiver;
  let tracer: Tracer;
  let server: WebServer;
  let invokeStore: Awaited<ReturnType<typeof InvokeStore.getInstanceAsync>>;
  let AWSXRay: Sdk;
  // Loaded when the address of the daemon is known, which the SDK reads as it loads.
  let powertools: PowertoolsTracer;
  let captureLambdaHandler: typeof CaptureLambdaHandler;
  let dynamodb: DynamoDBClient;

  beforeAll(async () => {
    process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs24.x';
    process.env.AWS_XRAY_CONTEXT_MISSING = 'IGNORE_ERROR';
    daemon = await receiveFrom('xray');
    tracer = await tracerOf('xray');
    server = await startWebServer();
    // As a process of Lambda that takes several invocations at once has it; Powertools then looks there for itself.
    process.env.AWS_LAMBDA_MAX_CONCURRENCY = '64';
    invokeStore = await InvokeStore.getInstanceAsync();
    delete process.env.AWS_LAMBDA_MAX_CONCURRENCY;
    AWSXRay = (await import('aws-xray-sdk-core')).default;
    ({ captureLambdaHandler } = await import('@aws-lambda-powertools/tracer/middleware'));
    const { Tracer: PowertoolsTracer } = await import('@aws-lambda-powertools/tracer');
    powertools = new PowertoolsTracer({ captureHTTPsRequests: false, serviceName: 'shop' });
    dynamodb = AWSXRay.captureAWSv3Client(
      new DynamoDBClient({
        endpoint: server.url,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        maxAttempts: 1,
      }),
    );
  });
  afterEach(() => {
    daemon.clear();
    server.clear();
  });
  afterAll(async () => {
    await daemon.stop();
    await server.stop();
  });

  function pipeline() {
    return middy().use(observability({ tracing: { tracer, name: '## handler' }, capture: false }));
  }
  async function run(fn: () => unknown, more = pipeline()): Promise<Invoked> {
    const invoked = await invoke(more.handler(async () => ({ result: await fn() })));
    await daemon.until((all) => completeOf(all, invoked.traceId).some(isHandler));
    return invoked;
  }
  /** The path of names from the handler to a document. */
  function pathTo(document: Sent, documents: readonly Sent[]): string {
    const parent = documents.find(({ id }) => id === document.parent_id);
    return parent === undefined ? document.name : `${pathTo(parent, documents)} > ${document.name}`;
  }
  const pathsOf = async (traceId: string) => {
    const documents = completeOf(await daemon.settled(), traceId);
    return documents.map((document) => pathTo(document, documents)).toSorted();
  };
  const captured = <R>(name: string, fn: () => Promise<R> | R, sdk = AWSXRay) =>
    sdk.captureAsyncFunc(name, async (subsegment) => {
      try {
        return await fn();
      } finally {
        subsegment?.close();
      }
    });
  const captureHttp = async (): Promise<void> => {
    const [response] = (await once(AWSXRay.captureHTTPs(http).get(`${server.url}/ok`), 'response')) as [
      http.IncomingMessage,
    ];
    await once(response.resume(), 'end');
  };
  class Shop {
    async price(total: number) {
      await sleep(1);
      powertools.putAnnotation('Total', total);
      powertools.putMetadata('basket', { total });
      return total;
    }
  }
  const shopOf = () => {
    const descriptor = Object.getOwnPropertyDescriptor(Shop.prototype, 'price') as PropertyDescriptor;
    const decorate = powertools.captureMethod() as unknown as (
      target: object,
      key: string,
      descriptor: PropertyDescriptor,
    ) => PropertyDescriptor;
    const price = decorate(Shop.prototype, 'price', { ...descriptor }).value as Shop['price'];
    return (total: number) => price.call(new Shop(), total);
  };

  describe('what the X-Ray SDK captures', () => {
    const ways: ReadonlyArray<readonly [string, string, () => unknown]> = [
      ['captureFunc', 'inner', () => AWSXRay.captureFunc('inner', () => 1)],
      ['captureAsyncFunc', 'inner', () => captured('inner', () => sleep(2))],
      [
        'captureCallbackFunc',
        'inner',
        () => new Promise((resolve) => setTimeout(AWSXRay.captureCallbackFunc('inner', resolve as never), 1)),
      ],
      ['captureAWSv3Client', 'DynamoDB', () => dynamodb.send(new ListTablesCommand({})).catch(() => 0)],
      ['captureHTTPs', '127.0.0.1', captureHttp],
      [
        'a subsegment of getSegment()',
        'inner',
        () => AWSXRay.getSegment()?.addNewSubsegment('inner').close(),
      ],
      ['captureMethod of Powertools', '### price', () => shopOf()(1)],
      [
        'setSegment of Powertools',
        'inner',
        () => {
          const segment = powertools.getSegment();
          const inner = segment?.addNewSubsegment('inner') as ReturnType<typeof powertools.getSegment>;
          powertools.setSegment(inner as never);
          inner?.close();
          powertools.setSegment(segment as never);
        },
      ],
    ];

    it.each(ways)(
      'hangs below the step that it runs in, and below the handler: %s',
      async (_way, name, use) => {
        const { traceId } = await run(async () => {
          await traced('step', async () => {
            await use();
            await sleep(1);
            await use();
          })();
          await use();
        });

        expect(await pathsOf(traceId)).toEqual(
          [
            '## handler',
            `## handler > ${name}`,
            '## handler > step',
            `## handler > step > ${name}`,
            `## handler > step > ${name}`,
          ].toSorted(),
        );
      },
    );

    it.each(ways)(
      'hangs below its own step where steps and invocations overlap: %s',
      async (_way, name, use) => {
        const expected = [
          '## handler',
          ...['a', 'b', 'c'].flatMap((step) => [`## handler > ${step}`, `## handler > ${step} > ${name}`]),
        ];
        const handler = pipeline().handler(async () => {
          await Promise.all(
            ['a', 'b', 'c'].map((step, at) =>
              traced(step, async () => {
                await sleep(at);
                await use();
              })(),
            ),
          );
        });
        const traces = Array.from({ length: 5 }, () => sampledTrace());
        await Promise.all(
          traces.map(({ header }, at) =>
            invokeStore.run({ [X_RAY_TRACE_ID]: header }, () =>
              handler({}, lambdaContext({ awsRequestId: `request-${at}` })),
            ),
          ),
        );
        for (const { traceId } of traces) {
          expect(await pathsOf(traceId)).toEqual(expected.toSorted());
        }
      },
    );

    it('and traced functions nest in each other, in any order', async () => {
      const { traceId } = await run(() =>
        captured('sdk', () =>
          traced('ours', async () => {
            await sleep(1);
            await captured('sdk below', async () => {
              await sleep(1);
              traced('ours below', () => AWSXRay.captureFunc('last', () => 1))();
            });
            AWSXRay.captureFunc('beside', () => 1);
          })(),
        ),
      );

      expect(await pathsOf(traceId)).toEqual([
        '## handler',
        '## handler > sdk',
        '## handler > sdk > ours',
        '## handler > sdk > ours > beside',
        '## handler > sdk > ours > sdk below',
        '## handler > sdk > ours > sdk below > ours below',
        '## handler > sdk > ours > sdk below > ours below > last',
      ]);
    });

    it('sends the trace on, with the call as its parent and with what others have put into the header', async () => {
      const { traceId } = await run(() =>
        traced('step', () => dynamodb.send(new ListTablesCommand({})))().catch(() => 0),
      );

      const call = named(await daemon.settled(), 'DynamoDB');
      const fields = String(server.last().headers['x-amzn-trace-id']).split(';');
      expect(fields).toEqual(expect.arrayContaining([`Root=${traceId}`, `Parent=${call.id}`, 'Sampled=1']));
      expect(fields).toContain('Lineage=1:abcdef01:0');
    });
  });

  describe('annotations, metadata and errors', () => {
    it('land on the step, or on what was captured in it', async () => {
      await run(async () => {
        powertools.putAnnotation('Where', 'handler');
        await traced('step', async () => {
          powertools.putAnnotation('Where', 'step');
          powertools.putMetadata('basket', { items: 2 });
          AWSXRay.getSegment()?.addMetadata('note', [1, 2]);
          await shopOf()(7);
        })();
      });

      const documents = await daemon.settled();
      expect(handlerOf(documents).annotations).toMatchObject({ Where: 'handler' });
      expect(named(documents, 'step')).toMatchObject({
        annotations: { Where: 'step' },
        metadata: { shop: { basket: { items: 2 } }, default: { note: [1, 2] } },
      });
      expect(named(documents, '### price')).toMatchObject({
        annotations: { Total: 7 },
        metadata: { shop: { basket: { total: 7 }, 'price response': 7 } },
      });
    });

    it('keep to the rules of the trace: errors and annotations are masked, and what was rethrown is described once', async () => {
      const error = new RangeError('no mail to jane.doe@example.com');
      await run(() =>
        traced('step', async () => {
          powertools.putAnnotation('Email', 'jane.doe@example.com');
          await captured('inner', () => {
            powertools.addErrorAsMetadata(error);
            throw error;
          });
        })().catch(() => 0),
      );

      const documents = await daemon.settled();
      const inner = named(documents, 'inner');
      expect(inner).toMatchObject({ fault: true });
      expect(exceptionsOf(inner)[0]).toMatchObject({ type: 'RangeError' });
      expect(named(documents, 'step').cause).toBe(exceptionsOf(inner)[0]?.id);
      expect(JSON.stringify(documents)).not.toContain('jane.doe');
    });

    it('that cannot be written as JSON cost no document', async () => {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      await run(() =>
        captured('inner', () => {
          AWSXRay.getSegment()?.addMetadata('circular', circular);
          AWSXRay.getSegment()?.addAnnotation('Kept', 1);
        }),
      );

      expect(named(await daemon.settled(), 'inner').annotations).toEqual({ Kept: 1 });
    });
  });

  describe('what is left open or closed late', () => {
    it('leaves with the handler, and again when it ends; nothing above it waits', async () => {
      let close = (): void => undefined;
      const { traceId } = await run(() =>
        traced('step', () => {
          const left = AWSXRay.getSegment()?.addNewSubsegment('left open');
          const late = left?.addNewSubsegment('late');
          left?.addNewSubsegment('closed').close();
          close = () => late?.close();
        })(),
      );
      const documents = completeOf(await daemon.settled(), traceId);
      expect(documents.map((document) => pathTo(document, documents)).toSorted()).toEqual([
        '## handler',
        '## handler > step',
        '## handler > step > left open',
        '## handler > step > left open > closed',
        '## handler > step > left open > late',
      ]);
      expect(JSON.stringify(named(documents, 'late'))).toContain('unfinished');

      daemon.clear();
      close();
      expect(JSON.stringify(named(await daemon.settled(), 'late'))).not.toContain('unfinished');
    });

    it('is counted where the trace has no room for it, and the trace goes on', async () => {
      const { traceId } = await run(async () => {
        for (let at = 0; at < 6000; at += 1) AWSXRay.captureFunc('many', () => 1);
        await dynamodb.send(new ListTablesCommand({})).catch(() => 0);
      });
      const documents = completeOf(await daemon.settled(), traceId);
      const leftOut = (handlerOf(documents).metadata as { lantern: { subsegmentsLeftOut: number } }).lantern;
      expect(documents.length - 1 + leftOut.subsegmentsLeftOut).toBe(6001);
      expect(String(server.last().headers['x-amzn-trace-id'])).toContain(`Root=${traceId}`);
      expect(String(server.last().headers['x-amzn-trace-id'])).toContain('Sampled=1');
    });

    it('is not taken for the end of ours', async () => {
      await run(async () => {
        AWSXRay.getSegment()?.close();
        await traced('step', async () => {
          AWSXRay.getSegment()?.close();
          await sleep(5);
          AWSXRay.getSegment()?.addAnnotation('Late', true);
        })();
      });

      const documents = await daemon.settled();
      expect(documents).toHaveLength(2);
      expect(named(documents, 'step').annotations).toEqual({ Late: true });
    });
  });

  it('gives nothing of ours away when the invocation has ended', async () => {
    let goOn = (): void => undefined;
    const released = new Promise<void>((resolve) => (goOn = resolve));
    const seen: unknown[] = [];
    let late: Promise<unknown> | undefined;
    let kept: ReturnType<Sdk['getSegment']>;
    const { traceId } = await run(() => {
      const begin = () => {
        late = released.then(async () => {
          seen.push(AWSXRay.getSegment());
          await captured('late', async () => {
            seen.push(AWSXRay.getSegment());
            await dynamodb.send(new ListTablesCommand({})).catch(() => 0);
          });
        });
        kept = AWSXRay.getSegment();
      };
      return traced('step', () => captured('inner', begin))();
    });
    const before = await daemon.settled();
    goOn();
    await late;
    kept?.addNewSubsegment('later').close();
    // As a driver does that has kept the subsegment for a callback, which is called from anywhere.
    const session = AWSXRay.getNamespace();
    session.run(() => {
      AWSXRay.setSegment(kept as never);
      seen.push(AWSXRay.getSegment());
    });

    const after = await daemon.settled();
    expect(after.filter(({ trace_id: id }) => id === traceId)).toEqual(before);
    expect(String(server.last().headers['x-amzn-trace-id'])).not.toContain(traceId);
    expect(seen.filter((entity) => entity !== undefined && JSON.stringify(entity).includes(traceId))).toEqual(
      [],
    );
  });

  it('gives out what is a subsegment for whoever looks', async () => {
    await run(() => {
      const segment = AWSXRay.getSegment();
      expect(segment).toBeInstanceOf(AWSXRay.Subsegment);
      expect(segment?.constructor.name).toBe('Subsegment');
      expect(segment?.addNewSubsegment('inner').constructor.name).toBe('Subsegment');
    });
  });

  it('has room for captureLambdaHandler of Powertools in the same pipeline, also when a reply skips its end', async () => {
    const step = traced('step', () => powertools.putAnnotation('Where', 'step'));
    const { traceId } = await run(step, pipeline().use(captureLambdaHandler(powertools)));
    const handlerName = `## ${process.env._HANDLER ?? 'undefined'}`;
    const documents = completeOf(await daemon.settled(), traceId);
    expect(documents.map((document) => pathTo(document, documents)).toSorted()).toEqual([
      '## handler',
      `## handler > ${handlerName}`,
      `## handler > ${handlerName} > step`,
    ]);

    const early = pipeline()
      .use(captureLambdaHandler(powertools))
      .use({ before: () => 'early' })
      .handler(() => 'never');
    const left = await invoke(early as MiddyfiedHandler);
    const { traceId: next } = await run(step);
    expect(await pathsOf(left.traceId)).toEqual(['## handler', `## handler > ${handlerName}`]);
    expect(await pathsOf(next)).toEqual(['## handler', '## handler > step']);
  });

  it('records nothing of the SDK in an invocation that is not sampled', async () => {
    process.env._X_AMZN_TRACE_ID =
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';
    const handler = pipeline().handler(() => traced('step', () => captured('inner', () => 1))());
    await handler({}, lambdaContext());
    delete process.env._X_AMZN_TRACE_ID;

    expect(await daemon.settled()).toEqual([]);
  });

  it('works with another copy of the SDK, loaded later', async () => {
    const cached = Object.keys(require.cache).filter((file) => /aws-xray-sdk-core|cls-hooked/.test(file));
    const aside = cached.map((file) => [file, require.cache[file]] as const);
    for (const file of cached) Reflect.deleteProperty(require.cache, file);
    const copy = require('aws-xray-sdk-core') as Sdk;
    for (const [file, module] of aside) require.cache[file] = module;
    expect(copy).not.toBe(AWSXRay);
    const client = copy.captureAWSv3Client(
      new DynamoDBClient({
        endpoint: server.url,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
        maxAttempts: 1,
      }),
    );

    const { traceId } = await run(() =>
      traced('step', () =>
        captured(
          'theirs',
          async () => {
            copy.getSegment()?.addSubsegment(new copy.Subsegment('made'));
            await client.send(new ListTablesCommand({})).catch(() => 0);
            await captured('ours', () => 1);
          },
          copy,
        ),
      )(),
    );
    expect(await pathsOf(traceId)).toEqual([
      '## handler',
      '## handler > step',
      '## handler > step > theirs',
      '## handler > step > theirs > DynamoDB',
      '## handler > step > theirs > made',
      '## handler > step > theirs > ours',
    ]);
    expect(String(server.last().headers['x-amzn-trace-id'])).toContain(`Root=${traceId}`);
  });
}
