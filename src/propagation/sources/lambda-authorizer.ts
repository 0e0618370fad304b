import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';
import { HTTP_READS } from '../readings.ts';

/** A Lambda authorizer of type TOKEN is given the token and nothing else of the request. */
export const tokenAuthorizer: EventSource = {
  name: 'api-gateway-authorizer-token',
  readings: [{ event: 'API Gateway Lambda authorizer, token' }],
  matches: (event) => property(event, 'type') === 'TOKEN' && typeof property(event, 'methodArn') === 'string',
  read: () => ({}),
};

/** A Lambda authorizer of type REQUEST is given the request; an HTTP API names the route, a REST API the method. */
export const requestAuthorizer: EventSource = {
  name: 'api-gateway-authorizer-request',
  readings: [
    {
      event: 'API Gateway Lambda authorizer, request (payload formats 1.0 and 2.0)',
      ...HTTP_READS,
      senders: ['HTTP'],
    },
  ],
  matches: (event) =>
    property(event, 'type') === 'REQUEST' &&
    typeof (property(event, 'methodArn') ?? property(event, 'routeArn')) === 'string',
  read: (event) => carriedInHeaders(property(event, 'headers'), property(event, 'multiValueHeaders')),
};
