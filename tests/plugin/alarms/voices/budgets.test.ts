import { describe, expect, it } from 'vitest';
import { budgetsIn, isCounted } from '../../../../plugin/alarms/voices/budgets.ts';
import { budgetOf, connected, namesOf, symptom } from './voice-parts.ts';

const budgets = budgetsIn(
  [...budgetOf('api', 'Counter'), ...budgetOf('function', 'weigh'), ...budgetOf('function', 'load')],
  connected({ apis: { Counter: ['weigh', 'label'] }, queues: { Ramp: ['load', 'weigh'] } }),
);

function fastOver(kind: string, key: string): readonly string[] {
  return namesOf(budgets.over(kind, key).map(({ fast }) => fast));
}

describe('an error budget', () => {
  it('counts what fails behind an API at the API first, then at the function', () => {
    expect(fastOver('function', 'weigh')).toEqual(['Counter-fastBurn', 'weigh-fastBurn']);
    expect(fastOver('function', 'label')).toEqual(['Counter-fastBurn']);
    expect(fastOver('function', 'sweep')).toEqual([]);
    expect(fastOver('api', 'Counter')).toEqual(['Counter-fastBurn']);
  });

  it('counts what waits in a queue at the functions that read it, and at no API before them', () => {
    expect(fastOver('queue', 'Ramp')).toEqual(['load-fastBurn', 'weigh-fastBurn']);
    expect(fastOver('queue', 'Yard')).toEqual([]);
  });

  it('is none where it cannot both page and make a ticket', () => {
    const [fast] = budgetOf('function', 'weigh');
    expect(budgetsIn(fast === undefined ? [] : [fast], connected({})).of('function', 'weigh')).toEqual([]);
  });

  it.each([
    ['function.errorRate', 'label', true],
    ['function.timeouts', 'weigh', true],
    ['function.timeouts', 'sweep', false],
    ['function.errors', 'weigh', false],
    ['function.eventsDropped', 'load', false],
    ['function.personalData', 'label', false],
    ['queue.age', 'Ramp', true],
    ['queue.deadLetters', 'Ramp', false],
    ['api.serverErrors', 'Counter', true],
    ['table.throttles', 'Counter', false],
  ])('has the word for %s of %s: %s', (id, key, expected) => {
    expect(isCounted(symptom(id, key), budgets)).toBe(expected);
  });
});
