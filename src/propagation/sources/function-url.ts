import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { gatewayRequestId, property } from '../property.ts';

/** A Lambda function URL: payload format 2.0, told from an HTTP API by its domain. */
export const functionUrl: EventSource = {
  name: 'function-url',
  answersHttp: 'headers',
  requestId: gatewayRequestId,
  matches: (event) => {
    const domain = property(property(event, 'requestContext'), 'domainName');
    return typeof domain === 'string' && domain.includes('.lambda-url.');
  },
  read: (event, key) => carriedInHeaders(key, property(event, 'headers')),
};
