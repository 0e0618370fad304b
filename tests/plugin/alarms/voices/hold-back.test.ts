import { describe, expect, it } from 'vitest';
import { HeldBack } from '../../../../plugin/alarms/voices/hold-back.ts';
import { composite, namesOf } from './voice-parts.ts';

const TIMES = { wait: 50, extension: 600 };
const voice = composite('label-unhealthy', { resource: { kind: 'function', logicalId: 'L', key: 'label' } });

describe('an alarm that is held back', () => {
  it('names the one that explains it, and needs a part for several', () => {
    const held = new HeldBack();
    const by = [composite('Printer-unhealthy')];
    expect(held.hold(voice, { by, unless: [], ...TIMES }).suppressor).toEqual({
      name: 'depot-live-Printer-unhealthy',
      logicalId: 'Printer-unhealthy',
      ...TIMES,
    });
    expect(held.parts).toEqual([]);
    const two = held.hold(voice, { by: [...by, composite('print-unhealthy')], unless: [], ...TIMES });
    expect(two.suppressor?.name).toBe('depot-live-label-unhealthy-explained');
    expect(held.parts).toMatchObject([
      { isPart: true, rule: 'ALARM("depot-live-Printer-unhealthy") OR ALARM("depot-live-print-unhealthy")' },
    ]);
    expect(held.parts[0]).not.toHaveProperty('tells');
  });

  it('shares a part with others of the same explanations, but for those under another condition', () => {
    const held = new HeldBack();
    const by = [composite('one'), composite('two')];
    const hold = (name: string, condition?: string) =>
      held.hold(composite(name, { ...(condition !== undefined && { condition }) }), {
        by,
        unless: [],
        ...TIMES,
      });
    expect(hold('second').suppressor?.name).toBe(hold('first').suppressor?.name);
    expect(hold('third', 'IsProd').suppressor?.name).not.toBe(hold('fourth').suppressor?.name);
  });

  it('is held back neither by itself, nor twice by one, nor by what may not exist', () => {
    const held = new HeldBack();
    const by = [voice, composite('one'), composite('one'), composite('two', { condition: 'IsProd' })];
    expect(held.hold(voice, { by, unless: [], ...TIMES }).suppressor?.name).toBe('depot-live-one');
    expect(held.hold(voice, { by: [voice], unless: [], ...TIMES })).toBe(voice);
  });

  it('is not in ALARM while something speaks for hours, as far as its rule takes the names', () => {
    const held = new HeldBack();
    const unless = [composite('Counter-slowBurn')];
    const { rule, children } = held.hold(voice, { by: [], unless, ...TIMES });
    expect(rule).toBe(
      '(ALARM("depot-live-label-unhealthy-part")) AND NOT (ALARM("depot-live-Counter-slowBurn"))',
    );
    expect(children).toEqual(['label-unhealthy-part', 'Counter-slowBurn']);
    const many = Array.from({ length: 120 }, (_, index) => composite(`burn-${index}`));
    expect(held.hold(voice, { by: [], unless: many, ...TIMES }).rule).toBe(voice.rule);
  });

  it('is told beside its cause where more may explain it than one rule names, which is said', () => {
    const held = new HeldBack();
    const by = Array.from({ length: 101 }, (_, index) => composite(`one-${index}`));
    expect(held.hold(voice, { by, unless: [], ...TIMES }).suppressor).toBeUndefined();
    expect(held.skipped).toMatchObject([{ id: 'function.explained', resource: { key: 'label' } }]);
    expect(namesOf(held.parts)).toEqual([]);
  });
});
