import { carriedInHeaders, orElse } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { readNestedBody } from '../nested-body.ts';
import { gatewayRequestId, property } from '../property.ts';

/** API Gateway WebSocket API. Only `$connect` is an HTTP request with headers; a message is just its body. */
export const apiGatewayWebSocket: EventSource = {
  name: 'api-gateway-websocket',
  requestId: gatewayRequestId,
  matches: (event) => typeof property(property(event, 'requestContext'), 'connectionId') === 'string',
  read: (event, key) =>
    orElse(
      carriedInHeaders(key, property(event, 'headers'), property(event, 'multiValueHeaders')),
      readNestedBody(property(event, 'body'), key),
    ),
};
