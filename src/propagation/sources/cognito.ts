import { carriedIn } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';
import { ID_IN_BAGGAGE, W3C_HEADERS } from '../readings.ts';

/** Cognito user pool triggers. `ClientMetadata` of the API call that set the trigger off is all a caller can add. */
export const cognito: EventSource = {
  name: 'cognito',
  readings: [
    {
      event: 'Cognito user pool trigger',
      id: ["`request.clientMetadata['x-correlation-id']`", ID_IN_BAGGAGE],
      trace: [`\`request.clientMetadata\`: \`x-amzn-trace-id\`, ${W3C_HEADERS}`],
    },
  ],
  matches: (event) =>
    typeof property(event, 'triggerSource') === 'string' && property(event, 'userPoolId') !== undefined,
  read: (event) => carriedIn(property(property(event, 'request'), 'clientMetadata')),
};
