import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { gatewayRequestId, property } from '../property.ts';

/** API Gateway HTTP API, payload format 2.0: header names arrive in lower case, equal headers joined by commas. */
export const apiGatewayHttp: EventSource = {
  name: 'api-gateway-http',
  answersHttp: 'headers',
  requestId: gatewayRequestId,
  matches: (event) => property(event, 'version') === '2.0' && property(event, 'headers') !== undefined,
  read: (event, key) => carriedInHeaders(key, property(event, 'headers')),
};
