import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../plugin/tracing-switch/alarm-ledger.ts';
import {
  alarmKey,
  BY_HAND,
  countInAlarm,
  formatLedger,
  parseLedger,
  withAllEnded,
  withEntry,
} from '../../../plugin/tracing-switch/alarm-ledger.ts';
import { MAX_ALARMS, MAX_TAG_VALUE } from '../../../plugin/tracing-switch/limits.ts';
import { fc } from '../../helpers/fast-check.ts';

const at = Date.UTC(2026, 10, 24);
const entries = fc.array(
  fc.record({
    name: fc.string(),
    state: fc.constantFrom<LedgerEntry['state']>('ALARM', 'OK', 'ENDED'),
    at: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2055, 0) }),
  }),
  { maxLength: 60 },
);

describe('the ledger of a function’s alarms', () => {
  it('fits into a tag, whatever it was told, and is read as it was written', () => {
    fc.assert(
      fc.property(entries, (told) => {
        const ledger = told.reduce(
          (all, { name, ...entry }) => withEntry(all, alarmKey(name), entry),
          parseLedger(''),
        );
        const text = formatLedger(ledger);
        expect(text.length).toBeLessThanOrEqual(MAX_TAG_VALUE);
        expect(text).toMatch(/^[\w ]*$/);
        expect([...parseLedger(text)]).toEqual([...ledger]);
      }),
    );
  });

  it('forgets first what keeps nothing on, and then the oldest', () => {
    let ledger = withEntry(parseLedger(''), alarmKey('first'), { state: 'ALARM', at });
    for (let index = 0; index < 2 * MAX_ALARMS; index += 1)
      ledger = withEntry(ledger, alarmKey(`other-${index}`), { state: 'OK', at: at + index });
    expect(ledger.size).toBe(MAX_ALARMS);
    expect(ledger.get(alarmKey('first'))?.state).toBe('ALARM');
    expect(ledger.has(alarmKey('other-0'))).toBe(false);
  });

  it('counts what keeps tracing on, until all is ended', () => {
    let ledger = withEntry(parseLedger(''), BY_HAND, { state: 'ALARM', at });
    ledger = withEntry(ledger, alarmKey('a'), { state: 'ALARM', at });
    ledger = withEntry(ledger, alarmKey('b'), { state: 'OK', at });
    expect(countInAlarm(ledger)).toBe(2);
    expect(countInAlarm(withAllEnded(ledger))).toBe(0);
    expect(withAllEnded(ledger).get(alarmKey('b'))?.state).toBe('OK');
  });

  it('is empty where somebody wrote something else into the tag', () => {
    expect(parseLedger('hands off my tags').size).toBe(0);
  });

  it('has no key of an alarm that could be taken for "by hand"', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(alarmKey(name)).toMatch(/^[0-9a-z]{6}$/);
      }),
    );
  });
});
