import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SegmentDocument } from '../../local/xray/document.ts';
import { unpacked } from '../helpers/document-receiver.ts';
import { PATIENT } from '../helpers/until.ts';
import { functionDefinition } from '../local/lambda/definition.ts';
import { startService } from '../local/lambda/harness.ts';
import { startReceivers } from '../local/xray/otlp/receivers.ts';
import type { ScratchProject } from './scratch-project.ts';
import { createScratchProject } from './scratch-project.ts';

const ADOT = '@aws/aws-distro-opentelemetry-node-autoinstrumentation';

/** As esbuild and the compiler write modules that instrumentations can patch. */
const PLAIN = `
  const { trace } = require('@opentelemetry/api');
  exports.handler = async () => {
    trace.getTracer('own').startActiveSpan('own', (span) => span.end());
    return { statusCode: 200 };
  };`;
const LANTERN = `
  import { trace } from '@opentelemetry/api';
  import middy from '@middy/core';
  import { annotate, observability, traced } from 'lambda-lantern';
  const inner = traced('inner', () => {
    annotate('Plan', 'pro');
    trace.getTracer('own').startActiveSpan('own', (span) => span.end());
  });
  export const handler = middy().use(observability()).handler(async () => {
    inner();
    return { statusCode: 200 };
  });`;
/** Instrumentations that patch modules see those that are required alone. */
const REQUIRED = `
  const loading = import('./lantern.mjs');
  exports.handler = async (event, context) => (await loading).handler(event, context);`;

/** What the layer of AWS sets, less what has other receivers than X-Ray. */
const SETTINGS = {
  NODE_OPTIONS: `--require ${ADOT}/register`,
  OTEL_SERVICE_NAME: 'shop',
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'aws-lambda,aws-sdk,http,undici',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};
const OURS = { POWERTOOLS_TRACE_ENABLED: 'true', LANTERN_RECORDER: 'opentelemetry' };

type Received = SegmentDocument & { readonly parent_id?: string };

describe("AWS's distribution of OpenTelemetry for Node, unmodified, in a function of Lantern local", () => {
  let project: ScratchProject;
  beforeAll(async () => {
    project = await createScratchProject(['lambda-lantern'], {
      [ADOT]: '0.13.0',
      '@middy/core': '^7.7.0',
      // The one that the distribution registers with: a newer one would not find what it registers.
      '@opentelemetry/api': '1.9.1',
    });
    await project.write('src/plain.cjs', PLAIN);
    await project.write('src/lantern.mjs', LANTERN);
    await project.write('src/required.cjs', REQUIRED);
  });
  afterAll(() => project.remove());

  describe.each([
    ['with its whole SDK', {}],
    ['with its fast start', { OTEL_AWS_LAMBDA_FAST_START: 'true' }],
  ])('%s', (_mode, mode) => {
    it.each<readonly [string, string, Readonly<Record<string, string>>, string[]]>([
      ['of its own', 'plain.handler', {}, ['own', 'the handler', 'Invocation']],
      [
        'and those of the middlewares, below its span of the handler',
        'required.handler',
        OURS,
        ['own', 'inner', 'the handler', 'Invocation'],
      ],
      [
        'and those of the middlewares, where it cannot patch a handler that is an ES module',
        'lantern.handler',
        OURS,
        ['own', 'inner', 'the handler', 'Invocation'],
      ],
    ])('sends its spans %s: one trace, each once', async (_which, handler, settings, path) => {
      const receivers = await startReceivers();
      const definition = functionDefinition({
        handler,
        // It patches what is required: the runtime of nodejs24.x imports handlers, whatever they are.
        runtime: 'nodejs22.x',
        codeDirectory: join(project.directory, 'src'),
        memorySize: 512,
        timeout: 60,
        environment: { ...SETTINGS, ...mode, ...settings },
      });
      const { call, reports } = await startService([definition], {
        daemonAddress: receivers.daemonAddress,
        onSegment: (document) => receivers.store.put(document),
      });
      expect(await call()).toEqual({ statusCode: 200 });

      const traceId = String(reports[0]?.traceId);
      await vi.waitFor(() => {
        const { documents = [] } = receivers.store.get(traceId) ?? {};
        const all = documents.flatMap(unpacked) as Received[];
        const above = (id: string | undefined): Received[] => {
          const found = all.find((each) => each.id === id);
          return found === undefined ? [] : [found, ...above(found.parent_id)];
        };
        const own = all.find(({ name }) => name === 'own');
        expect(above(own?.id).map(nameOf)).toEqual([...path, LAMBDA, LAMBDA]);
        expect(all.map(nameOf).sort()).toEqual([...path, LAMBDA, LAMBDA, 'Init', 'Overhead'].sort());
        expect(all.find(({ name }) => name === 'inner')?.annotations).toEqual(
          path.includes('inner') ? expect.objectContaining({ Plan: 'pro' }) : undefined,
        );
      }, PATIENT);
      expect(receivers.refused).toEqual([]);
    });
  });
});

const LAMBDA = 'the Lambda service';

function nameOf({ name, origin }: Received & { readonly origin?: string }): string {
  if (origin?.startsWith('AWS::Lambda') === true) return LAMBDA;
  return ['own', 'inner', 'Init', 'Invocation', 'Overhead'].includes(name) ? name : 'the handler';
}
