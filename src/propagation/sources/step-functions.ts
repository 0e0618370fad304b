import type { EventSource } from '../event-source.ts';
import { member, property } from '../property.ts';

/**
 * A Step Functions task that is given the context object (`$$`), which holds the input of the execution. A task that is
 * given its state's input looks like a direct invocation, and is read as one.
 */
export const stepFunctions: EventSource = {
  name: 'step-functions',
  matches: (event) => {
    const execution = property(property(event, 'Execution'), 'Id');
    return typeof execution === 'string' && execution.includes(':states:');
  },
  read: (event, key) => ({
    correlationId: member(event, key) ?? member(property(property(event, 'Execution'), 'Input'), key),
  }),
};
