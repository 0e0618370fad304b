import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { gatewayRequestId, property } from '../property.ts';

/** API Gateway, payload format 1.0: header names keep the case of the client. */
export const apiGatewayRest: EventSource = {
  name: 'api-gateway-rest',
  answersHttp: 'headers',
  requestId: gatewayRequestId,
  matches: (event) =>
    property(event, 'httpMethod') !== undefined &&
    (property(event, 'headers') !== undefined || property(event, 'multiValueHeaders') !== undefined),
  read: (event, key) =>
    carriedInHeaders(key, property(event, 'headers'), property(event, 'multiValueHeaders')),
};
