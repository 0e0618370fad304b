import { describe, expect, it } from 'vitest';
import { budgetsIn } from '../../../../plugin/alarms/voices/budgets.ts';
import type { Explaining } from '../../../../plugin/alarms/voices/explanations.ts';
import {
  budgetsBefore,
  explainsApi,
  explainsBudget,
  explainsFunction,
  explainsQueue,
} from '../../../../plugin/alarms/voices/explanations.ts';
import type { Hold } from '../../../../plugin/alarms/voices/hold-back.ts';
import { budgetOf, composite, connected, namesOf } from './voice-parts.ts';

/** A counter that weighs and labels, labels calling a printer's API; a ramp that loads; budgets where they are named. */
function known(budgets: ReadonlyArray<readonly ['api' | 'function', string]> = []): Explaining {
  const connections = connected({
    apis: { Counter: ['weigh', 'label'], Printer: ['print'] },
    calls: { label: [['api', 'Printer']], load: [['function', 'label']] },
    queues: { Ramp: ['load'] },
  });
  return {
    connections,
    budgets: budgetsIn(
      budgets.flatMap(([kind, key]) => budgetOf(kind, key)),
      connections,
    ),
    voiceOf: (_kind, key) => [composite(`${key}-unhealthy`)],
    groups: [composite('severalUnhealthy', { children: ['weigh-unhealthy-part', 'load-unhealthy-part'] })],
  };
}

function names({ by, unless }: Hold) {
  return { by: namesOf(by), unless: namesOf(unless) };
}

describe('what explains a function', () => {
  it('is what it calls, with the functions behind an API that may not notice', () => {
    const hold = explainsFunction('label', composite('label-unhealthy', { tells: 'each' }), known());
    expect(names(hold)).toEqual({ by: ['Printer-unhealthy', 'print-unhealthy'], unless: [] });
    expect(hold.wait).toBeLessThan(60);
  });

  it('is that several fail at once, where it is one of them', () => {
    expect(names(explainsFunction('weigh', composite('weigh-unhealthy'), known())).by).toEqual([
      'severalUnhealthy',
    ]);
    expect(names(explainsFunction('print', composite('print-unhealthy'), known())).by).toEqual([]);
  });

  it('is the budget in which it is counted, which gets three minutes; no ticket is made while that burns slowly', () => {
    const hold = explainsFunction(
      'weigh',
      composite('weigh-unhealthy', { tells: 'ticket' }),
      known([
        ['api', 'Counter'],
        ['function', 'weigh'],
      ]),
    );
    expect(names(hold)).toEqual({
      by: ['Counter-fastBurn', 'severalUnhealthy'],
      unless: ['Counter-slowBurn', 'weigh-fastBurn', 'weigh-slowBurn'],
    });
    expect(hold.wait).toBe(180);
  });
});

describe('what explains what stands before a function', () => {
  it('is, of an API, each function behind it', () => {
    expect(names(explainsApi('Counter', known([['function', 'label']])))).toEqual({
      by: ['weigh-unhealthy', 'label-fastBurn', 'label-unhealthy'],
      unless: ['label-slowBurn'],
    });
  });

  it('is, of a queue, its reader and what that calls, never a slow burn', () => {
    expect(
      names(
        explainsQueue(
          'Ramp',
          known([
            ['function', 'load'],
            ['function', 'label'],
          ]),
        ),
      ),
    ).toEqual({
      by: ['load-fastBurn', 'load-unhealthy', 'label-fastBurn', 'label-unhealthy'],
      unless: [],
    });
  });
});

describe('what explains an error budget', () => {
  const all = known([
    ['api', 'Counter'],
    ['api', 'Printer'],
    ['function', 'label'],
  ]);
  const [own] = all.budgets.of('function', 'label');
  const before = budgetsBefore('label', all);

  it('is the budget of the API before it, and that of what it calls', () => {
    expect(namesOf(before.map(({ fast }) => fast))).toEqual(['Counter-fastBurn', 'Printer-fastBurn']);
    if (own === undefined) throw new Error('label has a budget');
    const { fast, slow } = explainsBudget(own, before, []);
    expect(names(fast)).toEqual({ by: ['Counter-fastBurn', 'Printer-fastBurn'], unless: [] });
    expect(names(slow).unless).toEqual([
      'Counter-fastBurn',
      'Counter-slowBurn',
      'Printer-fastBurn',
      'Printer-slowBurn',
    ]);
  });

  it('is, of a slow burn, the fast one, for as long as its short window sees those failures', () => {
    if (own === undefined) throw new Error('label has a budget');
    const { slow } = explainsBudget(own, [], []);
    expect(names(slow).by).toEqual(['label-fastBurn']);
    expect(slow.extension).toBe(6 * 3600);
  });
});
