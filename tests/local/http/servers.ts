import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { BucketServer } from '../../../local/buckets/bucket-server.ts';
import { ConsoleServer } from '../../../local/console-server/console-server.ts';
import { LambdaApi } from '../../../local/lambda/lambda-api.ts';
import { RuntimeApi } from '../../../local/lambda/runtime-api.ts';
import { MessagingServer } from '../../../local/messaging/messaging-server.ts';
import { SchedulerApi } from '../../../local/scheduler/scheduler-api.ts';
import { TableServer } from '../../../local/tables/table-server.ts';
import { LocalXRay } from '../../../local/start-xray.ts';
import { OtlpServer } from '../../../local/xray/otlp/otlp-server.ts';
import { api, ok } from '../api-gateway/serve.ts';
import { functionDefinition } from '../lambda/definition.ts';

const account = { region: 'eu-central-1', accountId: '000000000000' } as const;
function nothing() {
  return undefined;
}

/** A server of local, which the test ends by, and the address that it gave. */
async function started(server: {
  start(): Promise<{ readonly url: string } | { readonly address: string }>;
  stop(): Promise<void>;
}): Promise<string> {
  const at = await server.start();
  onTestFinished(() => server.stop());
  return 'url' in at ? at.url : `http://${at.address}`;
}

/** Starts each server of local on a free port, and gives its URL. */
export const SERVERS = {
  console: () => {
    const xray = new LocalXRay({ ...account, onNotice: nothing });
    return started(
      new ConsoleServer({
        store: xray.store,
        xray: xray.api,
        port: 0,
        // Where a page is, built or not: without any, its addresses are answered 503.
        staticDirectory: join(import.meta.dirname, '../../../local/console'),
        serviceInfo: () => ({
          name: 'shop',
          stage: 'local',
          region: account.region,
          tracing: false,
          functions: [],
          tryThis: [],
        }),
      }),
    );
  },
  lambda: () =>
    started(
      new LambdaApi({
        invoke: () => Promise.resolve({ requestId: 'r', payload: 'null', traceId: 't' }),
        functions: [functionDefinition()],
        onConfigurationChanged: nothing,
        onDropped: nothing,
        port: 0,
      }),
    ),
  messaging: () =>
    started(
      new MessagingServer({
        ...account,
        queues: [],
        topics: [],
        subscriptions: [],
        invoke: () => Promise.reject(new Error('not called')),
        onError: nothing,
        port: 0,
      }),
    ),
  tables: () => started(new TableServer({ region: 'eu-central-1', tables: [], port: 0 })),
  buckets: () => started(new BucketServer({ ...account, buckets: [], onEvent: nothing, port: 0 })),
  scheduler: () =>
    started(
      new SchedulerApi({
        ...account,
        groups: [],
        targets: { deliver: () => Promise.reject(new Error('not called')) },
        onDropped: nothing,
        port: 0,
      }),
    ),
  xray: () => started(new LocalXRay({ ...account, onNotice: nothing }).daemon({ port: 0 })),
  otlp: () => started(new OtlpServer({ port: 0, onDocument: nothing, onInvalid: nothing })),
  runtime: async () => {
    const runtime: RuntimeApi = new RuntimeApi({
      onNext: nothing,
      onAnswer: nothing,
      onInitError: nothing,
    });
    const address = await runtime.listen();
    onTestFinished(() => runtime.close());
    return `http://${address}`;
  },
  gateway: () =>
    started(
      new ApiGateway({
        ...account,
        api: api('HTTP', ['ANY /{proxy+}']),
        invoke: ok,
        onSegment: nothing,
        port: 0,
      }),
    ),
} as const;

export type ServerName = keyof typeof SERVERS;
