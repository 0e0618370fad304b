import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { gatewayRequestId, property } from '../property.ts';

/** A Lambda authorizer of type TOKEN is given the token and nothing else of the request. */
export const tokenAuthorizer: EventSource = {
  name: 'api-gateway-authorizer-token',
  matches: (event) => property(event, 'type') === 'TOKEN' && typeof property(event, 'methodArn') === 'string',
  read: () => ({}),
};

/** A Lambda authorizer of type REQUEST is given the request; an HTTP API names the route, a REST API the method. */
export const requestAuthorizer: EventSource = {
  name: 'api-gateway-authorizer-request',
  requestId: gatewayRequestId,
  matches: (event) =>
    property(event, 'type') === 'REQUEST' &&
    typeof (property(event, 'methodArn') ?? property(event, 'routeArn')) === 'string',
  read: (event, key) =>
    carriedInHeaders(key, property(event, 'headers'), property(event, 'multiValueHeaders')),
};
