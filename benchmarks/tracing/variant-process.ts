import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { lambdaContext, sampledTrace } from '../../tests/helpers/lambda.ts';
import { VARIANTS } from './variants.ts';

/*
 * A process that invokes one variant, as many times as its parent asks for, and answers with the nanoseconds of one
 * invocation. It does nothing until it is asked.
 */
const variant = VARIANTS[Number(process.argv[2])];
if (variant === undefined) throw new Error(`Expected the index of a variant, got ${String(process.argv[2])}`);
const { pipeline, sampled } = variant;
const handler = pipeline();

async function measure(invocations: number): Promise<number> {
  const inputs = Array.from({ length: invocations }, (): { header: string; context: Context } => {
    const { header } = sampledTrace();
    return {
      header: sampled ? header : header.replace('Sampled=1', 'Sampled=0'),
      context: lambdaContext(),
    };
  });
  const start = process.hrtime.bigint();
  for (const { header, context } of inputs) {
    process.env._X_AMZN_TRACE_ID = header;
    await handler({}, context);
    // Sockets send between turns: without this the cost of sending would be paid after the clock has stopped.
    await nextTurn();
  }
  return Number(process.hrtime.bigint() - start) / invocations;
}

process.on('message', (invocations: number) => {
  void measure(invocations).then((nanoseconds) => process.send?.(nanoseconds));
});
process.on('disconnect', () => process.exit());
