import { carriedIn } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** Cognito user pool triggers. `ClientMetadata` of the API call that set the trigger off is all a caller can add. */
export const cognito: EventSource = {
  name: 'cognito',
  matches: (event) =>
    typeof property(event, 'triggerSource') === 'string' && property(event, 'userPoolId') !== undefined,
  read: (event, key) => carriedIn(key, property(property(event, 'request'), 'clientMetadata')),
};
