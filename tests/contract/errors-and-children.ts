import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import httpErrorHandler from '@middy/http-error-handler';
import { completeOf, exceptionsOf, handlerOf, named } from './documents.ts';
import { invoke } from './invoke.ts';
import type { Check } from './subject.ts';
import { traced } from './subject.ts';

export const errorContract: readonly Check[] = [
  {
    point: 2,
    title: 'the error that was thrown is recorded, although http-error-handler replaced it',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject)
        .use(httpErrorHandler({ logger: false }))
        .handler(() => {
          throw new TypeError('the failure');
        });
      const { traceId, response } = await invoke(pipeline);

      assert.equal((response as { statusCode: number }).statusCode, 500);
      const [exception] = exceptionsOf(handlerOf(await daemon.settled(), traceId));
      assert.equal(exception?.type, 'TypeError');
      assert.equal(exception.message, 'the failure');
      assert.ok((exception.stack?.length ?? 0) > 0);
    },
  },
  {
    point: 2,
    title: 'its chain of causes is recorded',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject).handler(() => {
        throw new TypeError('outer', { cause: new RangeError('middle', { cause: new Error('inner') }) });
      });
      const { traceId } = await invoke(pipeline);

      const exceptions = exceptionsOf(handlerOf(await daemon.settled(), traceId));
      assert.deepEqual(
        exceptions.map(({ message }) => message),
        ['outer', 'middle', 'inner'],
      );
      assert.equal(exceptions[0]?.cause, exceptions[1]?.id);
      assert.equal(exceptions[1]?.cause, exceptions[2]?.id);
    },
  },
  {
    point: 2,
    title:
      'an error that the function has handled is recorded where it was told, and the answer stays what it is',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject).handler(() =>
        subject.trace('inner', () => {
          subject.recordError(new TypeError('handled'));
          return 'answer';
        }),
      );
      const { traceId, response } = await invoke(pipeline);

      assert.equal(response, 'answer');
      const documents = await daemon.settled();
      const [exception] = exceptionsOf(named(documents, 'inner'));
      assert.deepEqual([exception?.type, exception?.message], ['TypeError', 'handled']);
      assert.equal(handlerOf(documents, traceId).fault, undefined);
    },
  },
  {
    point: 3,
    title: 'a child that never ends does not cost the handler its record',
    run: async ({ subject, daemon }) => {
      const pipeline = traced(subject).handler(() => {
        void subject.trace('leaked', () => new Promise<never>(() => undefined));
      });
      const { traceId, parent } = await invoke(pipeline);

      assert.equal(handlerOf(await daemon.settled(), traceId).parent_id, parent);
      assert.match(JSON.stringify(named(daemon.documents, 'leaked')), /unfinished/);
    },
  },
  {
    point: 3,
    title: 'a child that ends after its parent is sent, whole where unfinished ones can be replaced',
    run: async ({ subject, daemon }) => {
      let late: Promise<unknown> | undefined;
      const pipeline = traced(subject).handler(() => {
        late = subject.trace('late', () => sleep(40));
      });
      const { traceId } = await invoke(pipeline);
      const handler = handlerOf(await daemon.until((all) => completeOf(all, traceId).length > 0), traceId);
      await late;
      await daemon.settled();

      const last = completeOf(daemon.documents, traceId).findLast(({ name }) => name === 'late');
      assert.equal(last?.parent_id, handler.id);
      if (subject.sendsUnfinished) {
        assert.ok((last.end_time ?? 0) - last.start_time >= 0.035);
        assert.doesNotMatch(JSON.stringify(last), /unfinished/);
      } else assert.match(JSON.stringify(last), /unfinished/);
    },
  },
];
