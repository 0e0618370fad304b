import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Cost } from './costs.ts';

/*
 * The process in which a subject runs; bundled as plain JavaScript, so that no type stripping is measured. It is given the
 * bundle of the subject and what it is to do: `cold`, `load`, or `warm`, which waits for orders of its parent.
 */
interface Subject {
  readonly handler: (event: unknown, context: unknown) => Promise<{ readonly statusCode: number }>;
  readonly loadRecorder?: () => Promise<unknown>;
}

const NANOSECONDS = { milli: 1e6, micro: 1e3 };

const [, , task = '', bundle = '', sampled = ''] = process.argv;

async function load(): Promise<Subject> {
  return (await import(pathToFileURL(bundle).href)) as Subject;
}

/** What Lambda gives: an event of API Gateway, a context, and the header of the trace. */
function newInput() {
  const traceId = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const requestId = randomUUID();
  return {
    header: `Root=${traceId};Parent=${randomBytes(8).toString('hex')};Sampled=${sampled === 'true' ? 1 : 0};Lineage=1:abcdef01:0`,
    event: {
      resource: '/orders',
      path: '/orders',
      httpMethod: 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/json',
        Host: 'abcdefghij.execute-api.eu-west-1.amazonaws.com',
        'User-Agent': 'benchmark',
        'X-Amzn-Trace-Id': `Root=${traceId}`,
        'X-Forwarded-For': '192.0.2.1',
        'X-Forwarded-Proto': 'https',
      },
      multiValueHeaders: { Accept: ['application/json'], 'Content-Type': ['application/json'] },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        resourcePath: '/orders',
        httpMethod: 'POST',
        path: '/test/orders',
        stage: 'test',
        requestId: randomUUID(),
        domainName: 'abcdefghij.execute-api.eu-west-1.amazonaws.com',
        identity: { sourceIp: '192.0.2.1', userAgent: 'benchmark' },
      },
      body: '{"items":[{"sku":"tea","quantity":2},{"sku":"pot","quantity":1}]}',
      isBase64Encoded: false,
    },
    context: {
      callbackWaitsForEmptyEventLoop: true,
      functionName: 'benchmark',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:benchmark',
      memoryLimitInMB: '1769',
      awsRequestId: requestId,
      logGroupName: '/aws/lambda/benchmark',
      logStreamName: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
      getRemainingTimeInMillis: () => 6000,
    },
  };
}

async function invoke({ handler }: Subject, { header, event, context }: ReturnType<typeof newInput>) {
  process.env._X_AMZN_TRACE_ID = header;
  const { statusCode } = await handler(event, context);
  if (statusCode !== 201) throw new Error(`Expected the subject to answer 201, got ${statusCode}`);
}

/** CPU time of this process so far, user and system, in nanoseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * NANOSECONDS.micro;
}

/** Everything since the process began. */
function soFar(): Cost {
  return { cpu: cpu(), wall: performance.now() * NANOSECONDS.milli, memory: process.memoryUsage.rss() };
}

function since(before: Cost, parts = 1): Cost {
  const now = soFar();
  return { cpu: (now.cpu - before.cpu) / parts, wall: (now.wall - before.wall) / parts, memory: now.memory };
}

async function measureMany(subject: Subject, invocations: number): Promise<Cost> {
  const inputs = Array.from({ length: invocations }, newInput);
  const before = soFar();
  for (const input of inputs) {
    await invoke(subject, input);
    // Lambda waits for the next event; sockets send then. Without this that would cost nothing.
    await nextTurn();
  }
  return since(before, invocations);
}

if (task === 'cold') {
  await invoke(await load(), newInput());
  // As between two invocations: what was recorded is sent by then, also by those who do not wait for it.
  await nextTurn();
  console.log(`RESULT ${JSON.stringify(soFar())}`);
} else if (task === 'load') {
  const { loadRecorder } = await load();
  const before = soFar();
  await loadRecorder?.();
  console.log(`RESULT ${JSON.stringify(since(before))}`);
} else {
  const subject = await load();
  process.on('message', (invocations: number) => {
    void measureMany(subject, invocations).then((cost) => process.send?.(cost));
  });
  process.on('disconnect', () => process.exit());
}
