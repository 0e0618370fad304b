import { describe, expect, it } from 'vitest';
import { budgetsIn } from '../../../../plugin/alarms/voices/budgets.ts';
import { speakingOf } from '../../../../plugin/alarms/voices/voices-of-resources.ts';
import { functionResources, inventoryOf } from '../../../helpers/inventory.ts';
import { budgetOf, connected, namesOf, symptom } from './voice-parts.ts';

const inventory = inventoryOf({
  ...functionResources('WEIGH', 'weigh'),
  ...functionResources('LOAD', 'load'),
  Ramp: { Type: 'AWS::SQS::Queue', Properties: {} },
  Yard: { Type: 'AWS::SQS::Queue', Properties: {} },
});
const connections = connected({ queues: { Ramp: ['load'] } });
const alarms = [
  symptom('function.errors', 'weigh'),
  symptom('function.duration', 'weigh'),
  symptom('function.memory', 'weigh', { severity: 'warning' }),
  symptom('function.personalData', 'weigh'),
  symptom('function.memory', 'load', { severity: 'warning' }),
  symptom('queue.age', 'Ramp'),
  symptom('queue.age', 'Yard'),
  symptom('table.throttles', 'Stock'),
];

describe('who is told of an alarm', () => {
  const speaking = speakingOf(inventory, alarms, budgetsIn([], connections), connections);

  it('hears of the symptoms of a function and of a queue that one reads by their voice, which is for each', () => {
    expect(namesOf(speaking.byVoice)).toEqual(['weigh-errors', 'weigh-duration', 'Ramp-age']);
    const [voice] = speaking.voiceOf('function', 'weigh');
    expect(voice).toMatchObject({ name: 'shop-dev-weigh-unhealthy', tells: 'each' });
    expect(voice?.rule).toBe('ALARM("depot-live-weigh-errors") OR ALARM("depot-live-weigh-duration")');
    expect(voice?.description).toContain('(errors, duration)');
  });

  it('hears directly of what no voice speaks for: queues that nothing reads, tables, personal data', () => {
    expect(namesOf(speaking.directly)).toEqual(['weigh-personalData', 'Yard-age', 'Stock-throttles']);
  });

  it('hears of no warning, so that a function with warnings alone has no voice', () => {
    expect(speaking.voiceOf('function', 'load')).toEqual([]);
    expect(speaking.voiceOf('queue', 'Yard')).toEqual([]);
    expect(namesOf([...speaking.directly, ...speaking.byVoice])).not.toContain('weigh-memory');
  });

  it('hears of what a budget does not count by a ticket, and of the rest by the budget', () => {
    const budgets = budgetsIn(budgetOf('function', 'weigh'), connections);
    const beside = speakingOf(inventory, alarms, budgets, connections);
    expect(beside.voiceOf('function', 'weigh')).toMatchObject([
      { rule: 'ALARM("depot-live-weigh-errors")', tells: 'ticket' },
    ]);
    expect(namesOf([...beside.directly, ...beside.byVoice])).not.toContain('weigh-duration');
  });
});
