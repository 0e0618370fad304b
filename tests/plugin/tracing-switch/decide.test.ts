import { describe, expect, it } from 'vitest';
import type { Decision, FunctionSnapshot, SwitchRequest } from '../../../plugin/tracing-switch/decide.ts';
import { decide } from '../../../plugin/tracing-switch/decide.ts';
import { MAX_TAGS } from '../../../local/template/index.ts';
import { NEVER, SETTING_TAG } from '../../../plugin/tracing-switch/names.ts';
import { isTraced } from '../../../plugin/tracing-switch/tracing-state.ts';
import { alarmKey, readLedger } from '../../../plugin/tracing-switch/alarm-ledger.ts';
import { fc } from '../../helpers/fast-check.ts';

const start = Date.UTC(2026, 10, 24, 16);
const minute = 60_000;

const off: FunctionSnapshot = {
  configuration: { mode: 'PassThrough', variable: 'false' },
  tags: {},
  variables: {},
};

function alarm(state: 'ALARM' | 'OK', at: number, alarmName = 'slow'): SwitchRequest {
  return {
    kind: 'alarm',
    alarmName,
    state,
    previousState: state === 'OK' ? 'ALARM' : 'OK',
    at: start + at * minute,
    reason: 'Threshold Crossed',
    longest: 60 * minute,
  };
}

/** The function after a decision, as `switchTracing` would leave it. */
function after(snapshot: FunctionSnapshot, { configuration, tags, removedTags }: Decision): FunctionSnapshot {
  const kept = Object.entries({ ...snapshot.tags, ...tags }).filter(([key]) => !removedTags.includes(key));
  return {
    ...snapshot,
    configuration: configuration ?? snapshot.configuration,
    tags: Object.fromEntries(kept),
  };
}

/** Handles messages one after the other, a minute apart. */
function handle(requests: readonly SwitchRequest[], snapshot = off) {
  let current = snapshot;
  const decisions = requests.map((request, index) => {
    const decision = decide(current, request, start + index * minute);
    current = after(current, decision);
    return decision;
  });
  return { decisions, current, outcomes: decisions.map(({ outcome }) => outcome) };
}

describe('an alarm of a function', () => {
  it('turns tracing on, and the function tells who, when, why, and what was before', () => {
    const [decision] = handle([alarm('ALARM', 0)]).decisions;
    expect(decision).toMatchObject({
      outcome: 'on',
      configuration: { mode: 'Active', variable: 'true', before: 'PassThrough set:false' },
      until: start + 60 * minute,
      tags: {
        [`lantern:tracing:${alarmKey('slow')}:on:2026-11-24T16:00:00.000Z`]:
          '2026-11-24T17:00:00Z alarm slow: Threshold Crossed',
      },
    });
  });

  it('turns it off again with OK, and leaves the function as it was', () => {
    const { outcomes, current, decisions } = handle([alarm('ALARM', 0), alarm('OK', 5)]);
    expect(outcomes).toEqual(['on', 'off']);
    expect(current.configuration).toEqual(off.configuration);
    expect(readLedger(current.tags)).toMatchObject([{ state: 'off', at: start + 5 * minute }]);
    expect(decisions[1]?.until).toBeUndefined();
  });

  it('removes the variable again where there was none', () => {
    const bare: FunctionSnapshot = { ...off, configuration: { mode: 'PassThrough', variable: undefined } };
    const { current } = handle([alarm('ALARM', 0), alarm('OK', 5)], bare);
    expect(current.configuration).toEqual({ mode: 'PassThrough', variable: undefined });
  });

  it('does nothing when it comes again', () => {
    const { outcomes } = handle([alarm('ALARM', 0), alarm('ALARM', 0), alarm('OK', 5), alarm('OK', 5)]);
    expect(outcomes).toEqual(['on', 'unchanged', 'off', 'unchanged']);
  });

  it('does nothing when what came later was handled first', () => {
    const { outcomes, current } = handle([alarm('OK', 5), alarm('ALARM', 0)]);
    expect(outcomes).toEqual(['unchanged', 'unchanged']);
    expect(isTraced(current.configuration)).toBe(false);
    const late = handle([alarm('ALARM', 0), alarm('ALARM', 10), alarm('OK', 5)]);
    expect(isTraced(late.current.configuration)).toBe(true);
  });

  it('leaves no tag behind when it becomes OK for the first time', () => {
    const first = { ...alarm('OK', 0), previousState: 'INSUFFICIENT_DATA' } as SwitchRequest;
    expect(handle([first]).current.tags).toEqual({});
  });

  it('keeps tracing on while another one of the function does', () => {
    const { outcomes } = handle([
      alarm('ALARM', 0, 'slow'),
      alarm('ALARM', 1, 'errors'),
      alarm('OK', 2, 'slow'),
      alarm('OK', 3, 'errors'),
    ]);
    expect(outcomes).toEqual(['on', 'unchanged', 'unchanged', 'off']);
  });

  it('moves the end when it is another one, and not when it is the same message', () => {
    const { decisions } = handle([alarm('ALARM', 0), alarm('ALARM', 0), alarm('ALARM', 2, 'errors')]);
    expect(decisions.map(({ until }) => until)).toEqual([
      start + 60 * minute,
      start + 60 * minute,
      start + 62 * minute,
    ]);
    expect(decisions[2]?.why).toBe('errors is in ALARM, and it is on, by alarm slow and 1 more');
  });

  it('finishes what was left half done: tags are there, the configuration is not', () => {
    const [decision] = handle([alarm('ALARM', 0)]).decisions;
    const halfDone = { ...off, tags: decision?.tags ?? {} };
    expect(decide(halfDone, alarm('ALARM', 0), start + minute)).toMatchObject({
      outcome: 'on',
      configuration: { mode: 'Active', variable: 'true', before: 'PassThrough set:false' },
      tags: {},
    });
  });
});

describe('a function', () => {
  it('that is marked as never stays off, with a reason', () => {
    const { decisions } = handle([alarm('ALARM', 0)], { ...off, tags: { [SETTING_TAG]: NEVER } });
    expect(decisions[0]).toMatchObject({ outcome: 'unchanged', tags: {} });
    expect(decisions[0]?.why).toContain('never');
  });

  it('that was deployed with tracing on is left alone, by ALARM, by OK and by hand', () => {
    const on: FunctionSnapshot = { ...off, configuration: { mode: 'Active', variable: 'true' } };
    const { outcomes, current } = handle(
      [alarm('ALARM', 0), alarm('OK', 5), { kind: 'off', by: 'ada', at: start + 6 * minute }],
      on,
    );
    expect(outcomes).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(current.configuration).toEqual(on.configuration);
  });

  it('of which only one half was on gets that half back', () => {
    const half: FunctionSnapshot = { ...off, configuration: { mode: 'Active', variable: 'false' } };
    const { current } = handle([alarm('ALARM', 0), alarm('OK', 5)], half);
    expect(current.configuration).toEqual(half.configuration);
  });

  it('of which a deployment turned one half off is turned on again, and gets back what was before both', () => {
    const { current } = handle([alarm('ALARM', 0)]);
    const half = { ...current, configuration: { ...current.configuration, mode: 'PassThrough' } as const };
    const again = handle([alarm('ALARM', 1, 'errors'), alarm('OK', 2), alarm('OK', 3, 'errors')], half);
    expect(again.outcomes).toEqual(['on', 'unchanged', 'off']);
    expect(again.current.configuration).toEqual(off.configuration);
  });

  it('that a deployment turned off meanwhile stays off when its alarm is OK', () => {
    const { current } = handle([alarm('ALARM', 0)]);
    const deployed = { ...current, configuration: off.configuration };
    const ended = handle([alarm('OK', 5)], deployed);
    expect(ended.outcomes).toEqual(['unchanged']);
    expect(ended.current.configuration).toEqual(off.configuration);
  });
});

describe('an environment', () => {
  it.each([
    [3900, 'on'],
    [4040, 'unchanged'],
  ])(
    'of %i bytes leaves tracing %s: what would be more than Lambda takes is not written',
    (size, outcome) => {
      const full = { ...off, variables: { BIG: 'x'.repeat(size - '{"BIG":""}'.length) } };
      const decision = decide(full, alarm('ALARM', 0), start);
      expect(decision.outcome).toBe(outcome);
      expect(/would have \d+ bytes as JSON, and 4096 are the most/.test(decision.why)).toBe(
        outcome === 'unchanged',
      );
    },
  );
});

describe('a deployment', () => {
  it('that turns tracing on for good while an alarm has it on is left alone by OK', () => {
    const { current } = handle([alarm('ALARM', 0)]);
    const deployed = { ...current, configuration: { mode: 'Active', variable: 'true' } as const };
    const ended = handle([alarm('OK', 5)], deployed);
    expect(ended.outcomes).toEqual(['unchanged']);
    expect(isTraced(ended.current.configuration)).toBe(true);
  });
});

describe('the longest time', () => {
  const until = start + 60 * minute;

  it('turns tracing off, and the message of its alarm does not turn it on again', () => {
    const { outcomes, current } = handle([alarm('ALARM', 0), { kind: 'time-over', until }]);
    expect(outcomes).toEqual(['on', 'off']);
    expect(decide(current, alarm('ALARM', 0), until).outcome).toBe('unchanged');
  });

  it('does not stop a later ALARM', () => {
    const { outcomes } = handle([
      alarm('ALARM', 0),
      { kind: 'time-over', until },
      alarm('OK', 61),
      alarm('ALARM', 70),
    ]);
    expect(outcomes).toEqual(['on', 'off', 'unchanged', 'on']);
  });

  it('is counted from the change of state: a message that is later than that turns nothing on', () => {
    const decision = decide(off, alarm('ALARM', 0), until);
    expect(decision).toMatchObject({ outcome: 'unchanged', tags: {} });
    expect(decision.why).toContain('its longest time is over');
  });

  it('does nothing when it is the end of an earlier time', () => {
    const earlier: SwitchRequest = { kind: 'time-over', until: start + 30 * minute };
    const { outcomes, decisions } = handle([alarm('ALARM', 0), earlier]);
    expect(outcomes).toEqual(['on', 'unchanged']);
    expect(decisions[1]?.until).toBe(until);
    expect(handle([{ kind: 'time-over', until }]).outcomes).toEqual(['unchanged']);
  });
});

describe('by hand', () => {
  const on: SwitchRequest = { kind: 'on', by: 'ada', at: start };

  it('tracing goes on until it is turned off by hand, whatever an alarm says', () => {
    const { outcomes, decisions, current } = handle([on, alarm('ALARM', 1), alarm('OK', 2)]);
    expect(outcomes).toEqual(['on', 'unchanged', 'unchanged']);
    expect(decisions.map(({ until }) => until)).toEqual([undefined, undefined, undefined]);
    expect(decisions[2]?.why).toBe('slow is OK, and it is on, by ada');
    expect(handle([{ kind: 'off', by: 'ada', at: start + 6 * minute }], current).outcomes).toEqual(['off']);
  });

  it('tracing goes off although an alarm is in ALARM, and its message does not turn it on again', () => {
    const { outcomes } = handle([
      alarm('ALARM', 0),
      { kind: 'off', by: 'ada', at: start + 6 * minute },
      alarm('ALARM', 0),
    ]);
    expect(outcomes).toEqual(['on', 'off', 'unchanged']);
  });

  it('an end can be set, replaced and removed', () => {
    const times = [start + 15 * minute, start + 5 * minute, undefined];
    const requests = times.map((until, index): SwitchRequest => {
      const end = until === undefined ? {} : { until };
      return { kind: 'on', by: 'ada', at: start + index, ...end };
    });
    const { decisions, current } = handle(requests);
    expect(decisions.map(({ until }) => until)).toEqual([times[0], times[1], undefined]);
    expect(isTraced(current.configuration)).toBe(true);
  });
});

describe('any messages in any order', () => {
  const messages = fc.array(
    fc.record({
      name: fc.constantFrom('slow', 'errors', 'memory'),
      state: fc.constantFrom<'ALARM' | 'OK'>('ALARM', 'OK'),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('leave tracing as the newest state of each alarm demands, whatever came twice or too late', () => {
    const scenario = messages.chain((sent) => {
      const requests = sent.map(({ name, state }, index) => alarm(state, index, name));
      const twice = [...requests, ...requests];
      return fc
        .shuffledSubarray(twice, { minLength: twice.length })
        .map((delivered) => ({ requests, delivered }));
    });
    fc.assert(
      fc.property(scenario, ({ requests, delivered }) => {
        const { current } = handle(delivered);
        const newest = new Map(
          requests.map((request) => [(request as { alarmName: string }).alarmName, request]),
        );
        const wanted = [...newest.values()].some(
          (request) => 'state' in request && request.state === 'ALARM',
        );
        expect(isTraced(current.configuration)).toBe(wanted);
        if (!wanted) expect(current.configuration).toEqual(off.configuration);
      }),
    );
  });

  it('are done with at the second look, however many alarms there are, and fit beside tags of others', () => {
    const scenario = fc.record({
      others: fc.nat({ max: MAX_TAGS }),
      sent: fc.array(
        fc.record({
          name: fc.integer({ min: 1, max: 40 }).map(String),
          state: fc.constantFrom<'ALARM' | 'OK'>('ALARM', 'ALARM', 'OK'),
        }),
        { maxLength: 60 },
      ),
    });
    fc.assert(
      fc.property(scenario, ({ others, sent }) => {
        const foreign = Object.fromEntries(
          Array.from({ length: others }, (_, index) => [`tag-${index}`, '']),
        );
        let current: FunctionSnapshot = { ...off, tags: foreign };
        for (const [index, { name, state }] of sent.entries()) {
          const request = alarm(state, index / 60, name);
          const now = start + 2 * minute;
          current = after(current, decide(current, request, now));
          const again = decide(current, request, now);
          expect([again.outcome, again.tags, again.removedTags]).toEqual(['unchanged', {}, []]);
          expect(Object.keys(current.tags).length).toBeLessThanOrEqual(MAX_TAGS);
          expect(current.tags).toMatchObject(foreign);
        }
      }),
    );
  });
});
