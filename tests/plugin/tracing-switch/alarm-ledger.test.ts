import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../plugin/tracing-switch/alarm-ledger.ts';
import {
  alarmKey,
  BY_HAND,
  endOf,
  EVERYTHING,
  holding,
  isOld,
  readLedger,
  superfluous,
  tagKeyOf,
  tagValueOf,
} from '../../../plugin/tracing-switch/alarm-ledger.ts';
import { MAX_ENTRIES } from '../../../plugin/tracing-switch/limits.ts';
import { ENTRY_PREFIX } from '../../../plugin/tracing-switch/names.ts';
import { withTags } from '../../../local/lambda/function-tags.ts';
import { fc } from '../../helpers/fast-check.ts';

const now = Date.UTC(2026, 10, 24);
const hour = 3_600_000;

function entry(
  key: string,
  state: LedgerEntry['state'],
  at = 0,
  more: Partial<LedgerEntry> = {},
): LedgerEntry {
  return { key, state, at: now + at, until: now + at + hour, by: `alarm ${key}`, reason: 'slow', ...more };
}

function keysOf(ledger: readonly LedgerEntry[]): string[] {
  return ledger.map(({ key, at }) => `${key}@${at - now}`);
}

describe('an entry', () => {
  const entries = fc.record({
    name: fc.string({ unit: 'grapheme', maxLength: 300 }),
    state: fc.constantFrom<LedgerEntry['state']>('on', 'off'),
    at: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2055, 0) }),
    until: fc.option(fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2055, 0) }), { nil: undefined }),
    reason: fc.string({ unit: 'grapheme', maxLength: 300 }),
  });

  it('is a tag that Lambda takes, whatever the alarm is called, and is read as it was written', () => {
    fc.assert(
      fc.property(entries, ({ name, until, ...others }) => {
        const end = until === undefined ? {} : { until: Math.floor(until / 1000) * 1000 };
        const written = { ...others, ...end, key: alarmKey(name), by: `alarm ${name}` };
        const tags = withTags({}, { [tagKeyOf(written)]: tagValueOf(written) });
        expect(readLedger(tags)).toEqual([
          { ...written, by: expect.any(String) as string, reason: expect.any(String) as string },
        ]);
      }),
    );
  });

  it('tells people who and why', () => {
    const written = entry(BY_HAND, 'on', 0, { by: 'ada with serverless tracing', reason: 'by hand' });
    expect(readLedger({ [tagKeyOf(written)]: tagValueOf(written) })).toEqual([written]);
    expect(tagKeyOf(written)).toBe('lantern:tracing:by-hand:on:2026-11-24T00:00:00.000Z');
  });

  it.each(['hands off my tags', 'never', '2026-11-24T00:00:00Z'])(
    'is none where the value is %j',
    (value) => {
      const read = readLedger({
        [`${ENTRY_PREFIX}mine`]: value,
        [`${ENTRY_PREFIX}slow:on:soon`]: value,
        'lantern:tracing': value,
        team: value,
      });
      expect(read).toEqual([]);
    },
  );

  it('of an alarm cannot be taken for what was done by hand', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(alarmKey(name)).toMatch(/^[0-9a-f]{10}$/);
      }),
    );
  });
});

describe('the ledger of a function’s alarms', () => {
  it('says what keeps tracing on, the oldest first, and until when', () => {
    const ledger = [
      entry('b', 'on', 2),
      entry('a', 'on', 1),
      entry('c', 'on', 1),
      entry('c', 'off', 2),
      entry('d', 'on', -hour),
    ];
    const holds = holding(ledger, now);
    expect(keysOf(holds)).toEqual(['a@1', 'b@2']);
    expect(endOf(holds)).toBe(now + 2 + hour);
    expect(endOf([...holds, { ...entry(BY_HAND, 'on'), until: undefined } as never])).toBeUndefined();
  });

  it('keeps nothing on that was turned off by hand later, and takes nothing that is older', () => {
    const ledger = [entry('a', 'on', 1), entry(EVERYTHING, 'off', 3), entry('b', 'on', 4)];
    expect(keysOf(holding(ledger, now))).toEqual(['b@4']);
    expect(isOld(ledger, entry('c', 'on', 2))).toBe(true);
    expect(isOld(ledger, entry('c', 'on', 5))).toBe(false);
    expect(isOld(ledger, entry('b', 'off', 4))).toBe(false);
    expect(isOld(ledger, entry('b', 'on', 4))).toBe(true);
  });

  it('may forget what was overtaken, turned off or is over, and nothing else', () => {
    const ledger = [
      entry('a', 'on', 1),
      entry('a', 'off', 2),
      entry('b', 'on', 2),
      entry('c', 'off', -hour),
      entry('d', 'on', 5),
      entry(EVERYTHING, 'off', 3),
    ];
    expect(keysOf(superfluous(ledger, now))).toEqual(['a@1', 'a@2', 'b@2', 'c@-3600000']);
  });

  it('forgets first what keeps nothing on, and then the oldest, where there is room for few', () => {
    const many = Array.from({ length: 2 * MAX_ENTRIES }, (_, index) => entry(`o${index}`, 'off', index));
    const ledger = [entry('first', 'on', -5), ...many];
    const forgotten = superfluous(ledger, now);
    expect(forgotten).toHaveLength(MAX_ENTRIES + 1);
    expect(keysOf(forgotten)).not.toContain('first@-5');
    expect(keysOf(forgotten)).toContain('o0@0');
    expect(superfluous(ledger, now, 2)).toHaveLength(ledger.length - 2);
  });
});
