import middy from '@middy/core';
import type { MiddyfiedHandler, Request } from '@middy/core';
import { describe, expect, it } from 'vitest';
import { Followers, thrownError } from '../../../src/lifecycle/request-ending.ts';
import type { Follower, ObservableRequest } from '../../../src/lifecycle/request-ending.ts';
import { lambdaContext } from '../../helpers/lambda.ts';

const first = new Error('first');
const second = new Error('second');

function throws(error: unknown) {
  return (): never => {
    throw error;
  };
}

/** What a follower hears of an invocation, in order: `skipped` may follow the hook that it is for the absence of. */
async function heard(build: (pipeline: MiddyfiedHandler) => MiddyfiedHandler) {
  const told: unknown[] = [];
  const followers = new Followers<Follower>();
  const thrown = (request: ObservableRequest) => {
    const found = thrownError(request);
    return found === undefined ? 'nothing thrown' : found.error;
  };
  const pipeline = middy().use({
    before(request: ObservableRequest) {
      followers.add(request, {
        owner: followers,
        whenSkipped: () => void told.push('skipped', thrown(request)),
      });
    },
    after: (request: ObservableRequest) => void told.push('after', thrown(request)),
    onError: (request: ObservableRequest) => void told.push('onError', thrown(request)),
  });
  const answer: unknown = await build(pipeline as unknown as MiddyfiedHandler)({}, lambdaContext()).catch(
    (error: unknown) => error,
  );
  await Promise.resolve();
  return { told, answer };
}

function replaceError(request: Request): void {
  request.error = second;
}

describe('what is told of an ending', () => {
  it.each<[string, (pipeline: MiddyfiedHandler) => MiddyfiedHandler, unknown[], unknown]>([
    ['the handler answers', (all) => all.handler(() => 'ok'), ['after', 'nothing thrown'], 'ok'],
    [
      'the handler answers with nothing',
      (all) => all.handler(() => undefined),
      ['after', 'nothing thrown'],
      undefined,
    ],
    ['the handler throws', (all) => all.handler(throws(first)), ['onError', first], first],
    [
      'the handler throws `undefined`',
      (all) => all.handler(throws(undefined)),
      ['onError', undefined],
      undefined,
    ],
    [
      'an error handler replaces the error',
      (all) => all.onError(replaceError).handler(throws(first)),
      ['onError', first, 'skipped', first],
      second,
    ],
    [
      'the handler answers with nothing, an `after` hook throws, and an error handler replaces the error',
      (all) =>
        all
          .after(throws(first))
          .onError(replaceError)
          .handler(() => undefined),
      ['onError', first, 'skipped', first],
      second,
    ],
    [
      'an error handler throws',
      (all) => all.onError(throws(second)).handler(throws(first)),
      ['skipped', first],
      second,
    ],
    [
      'an error handler throws the error again',
      (all) => all.onError(({ error }) => throws(error)()).handler(throws(first)),
      ['skipped', first],
      first,
    ],
    [
      'the handler answers with nothing, and an error handler of an `after` hook throws',
      (all) =>
        all
          .after(throws(first))
          .onError(throws(second))
          .handler(() => undefined),
      ['skipped', first],
      second,
    ],
    ['a `before` hook replies', (all) => all.before(() => 'early'), ['skipped', 'nothing thrown'], 'early'],
    [
      'an `after` hook replies',
      (all) => all.after(() => 'early').handler(() => 'ok'),
      ['skipped', 'nothing thrown'],
      'early',
    ],
    [
      'an error handler replies',
      (all) => all.onError(() => 'early').handler(throws(first)),
      ['skipped', first],
      'early',
    ],
    [
      'a hook that has set its reply throws',
      (all) =>
        all.before((request) => {
          request.earlyResponse = 'early';
          throw first;
        }),
      ['onError', first],
      first,
    ],
    [
      'a hook that has set its reply throws, and so does an error handler',
      (all) =>
        all.onError(throws(second)).before((request) => {
          request.earlyResponse = 'early';
          throw first;
        }),
      ['skipped', first],
      second,
    ],
    [
      'a hook has set an error before the handler threw',
      (all) =>
        all
          .before((request) => {
            request.error = first;
          })
          .handler(throws(second)),
      ['onError', first, 'skipped', first],
      second,
    ],
  ])('where %s', async (_title, build, told, answer) => {
    expect(await heard(build)).toEqual({ told, answer });
  });
});

describe('a request that is followed', () => {
  const followed = () => {
    const followers = new Followers<Follower>();
    const request = { event: {}, response: undefined as unknown, error: undefined as unknown };
    const follower: Follower = { owner: followers, whenSkipped: () => undefined };
    followers.add(request, follower);
    return { followers, request, follower };
  };

  it('keeps its members, to read, to list and to copy', () => {
    const { request } = followed();
    request.response = 'ok';
    request.error = first;

    expect(Object.keys(request)).toEqual(['event', 'response', 'error']);
    expect({ ...request }).toMatchObject({ response: 'ok', error: first });
  });

  it('is told from a copy, which knows its own error only', () => {
    const { followers, request, follower } = followed();
    request.response = undefined;
    request.error = first;
    const copy = { ...request, error: second as unknown };

    expect(followers.of(request)).toBe(follower);
    expect(followers.of(copy)).toBeUndefined();
    expect(thrownError(request)).toEqual({ error: first });
    expect(thrownError(copy)).toEqual({ error: second });
    copy.response = 'of the copy';
    expect(request.response).toBeUndefined();
  });
});

describe('an early reply that is held back', () => {
  it('reaches the caller after what it waits for, and those who are told of it at once', async () => {
    const followers = new Followers<Follower>();
    const held = Promise.withResolvers<undefined>();
    const seen: unknown[] = [];
    const handler = middy()
      .use({
        before(request: ObservableRequest) {
          followers.add(request, {
            owner: followers,
            replaceEarly: (response) => `${String(response)}, replaced`,
            holdEarly: () => held.promise,
            whenSkipped: () => void seen.push(request.response),
          });
        },
      })
      .before(() => 'early')
      .handler(() => 'late');
    const answer = Promise.resolve(handler({}, lambdaContext())).then((answered: unknown) => {
      seen.push(answered);
    });
    await expect.poll(() => seen).toEqual(['early, replaced']);
    held.resolve(undefined);
    await answer;
    expect(seen).toEqual(['early, replaced', 'early, replaced']);
  });
});
