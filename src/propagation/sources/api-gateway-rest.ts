import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** API Gateway, payload format 1.0: header names keep the case of the client. */
export const apiGatewayRest: EventSource = {
  name: 'api-gateway-rest',
  answersHttp: true,
  matches: (event) =>
    property(event, 'httpMethod') !== undefined &&
    (property(event, 'headers') !== undefined || property(event, 'multiValueHeaders') !== undefined),
  read: (event) => carriedInHeaders(property(event, 'headers'), property(event, 'multiValueHeaders')),
};
