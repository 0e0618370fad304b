import { describe, expect, it } from 'vitest';
import type { Invoke, InvokeRequest } from '../../../local/lambda/invocation.ts';
import { KeptEvents } from '../../../local/lambda/kept-events.ts';

/** Answers as the service would, and remembers what it was asked. */
function echo(): { readonly invoke: Invoke; readonly requests: InvokeRequest[] } {
  const requests: InvokeRequest[] = [];
  const invoke: Invoke = (request) => {
    requests.push(request);
    const [, root = 'trace'] = /Root=([^;]+)/.exec(request.traceHeader ?? '') ?? [];
    return Promise.resolve({
      requestId: request.requestId ?? `r${requests.length}`,
      payload: '{}',
      traceId: root,
    });
  };
  return { invoke, requests };
}

function call(id: string, trace: string, payload = '{"order":1}'): InvokeRequest {
  return { functionName: 'create-order', payload, requestId: id, traceHeader: `Root=${trace}` };
}

describe('events that are kept', () => {
  it('are told without what is in them, by trace', async () => {
    const events = new KeptEvents();
    const invoke = events.observe(echo().invoke);
    await invoke(call('one', 'a'));
    await invoke(call('two', 'b'));
    expect(events.of('a')).toEqual([{ functionName: 'create-order', requestId: 'one', size: 11 }]);
    expect(events.of('c')).toEqual([]);
  });

  it('are in the order of their beginnings: what was called ends before its caller, and comes behind it', async () => {
    const events = new KeptEvents();
    const { invoke } = echo();
    const observed = events.observe(async (request) => {
      if (request.requestId === 'outer') {
        for (const id of ['inner', 'second']) await observed(call(id, 'a'));
      }
      return invoke(request);
    });
    await observed(call('outer', 'a'));
    await observed(call('later', 'a'));
    expect(events.of('a').map(({ requestId }) => requestId)).toEqual(['outer', 'inner', 'second', 'later']);
  });

  it('are sent again in a new trace that is to be recorded', async () => {
    const events = new KeptEvents();
    const { invoke, requests } = echo();
    await events.observe(invoke)({ ...call('one', 'a', '{"sku":"tea"}'), clientContext: 'e30=' });
    const replay = await events.replay('a', 'one', invoke);
    expect(requests[1]).toMatchObject({
      functionName: 'create-order',
      payload: '{"sku":"tea"}',
      clientContext: 'e30=',
      traceHeader: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1$/) as unknown,
    });
    expect(requests[1]).not.toHaveProperty('requestId');
    expect(replay).toMatchObject({ functionName: 'create-order', failed: false });
    expect(replay?.traceId).not.toBe('a');
  });

  it('are not sent for another trace, nor once they are gone', async () => {
    const events = new KeptEvents();
    const { invoke, requests } = echo();
    await events.observe(invoke)(call('one', 'a'));
    expect(await events.replay('b', 'one', invoke)).toBeUndefined();
    events.clear();
    expect(await events.replay('a', 'one', invoke)).toBeUndefined();
    expect(requests).toHaveLength(1);
  });

  it('are the newest, by number and by bytes; a retry takes the place of its first try', async () => {
    for (const limits of [{ maxEvents: 3 }, { maxBytes: 35 }]) {
      const events = new KeptEvents(limits);
      const invoke = events.observe(echo().invoke);
      for (const id of ['one', 'two', 'three', 'four', 'four']) await invoke(call(id, 'a'));
      expect(events.of('a').map(({ requestId }) => requestId)).toEqual(['two', 'three', 'four']);
    }
  });

  it('are none of an invocation that was refused', async () => {
    const events = new KeptEvents();
    const refusing: Invoke = () => Promise.reject(new Error('busy'));
    await expect(events.observe(refusing)(call('one', 'a'))).rejects.toThrow('busy');
    expect(events.of('a')).toEqual([]);
  });
});
