import type { Carried } from '../carried.ts';
import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { elements, property } from '../property.ts';

/** AppSync, a direct Lambda resolver. Amplify names the field beside the arguments instead of inside `info`. */
export const appSyncResolver: EventSource = {
  name: 'appsync',
  matches: isResolverEvent,
  read: readRequest,
};

/** AppSync with batching: an array of what a resolver gets. They come from one GraphQL request and share its headers. */
export const appSyncBatch: EventSource = {
  name: 'appsync-batch',
  matches: (event) => isResolverEvent(elements(event)[0]),
  read: (event, key) => readRequest(elements(event)[0], key),
  batch: { records: elements, owns: isResolverEvent, read: readRequest },
};

/** AppSync's Lambda authorizer. */
export const appSyncAuthorizer: EventSource = {
  name: 'appsync-authorizer',
  matches: (event) =>
    property(event, 'requestHeaders') !== undefined && property(event, 'authorizationToken') !== undefined,
  read: (event, key) => carriedInHeaders(key, property(event, 'requestHeaders')),
};

/** AppSync Events: what a channel's namespace hands to a function, one publication or subscription at a time. */
export const appSyncEvents: EventSource = {
  name: 'appsync-events',
  matches: (event) =>
    property(property(event, 'info'), 'channel') !== undefined &&
    property(property(event, 'request'), 'headers') !== undefined,
  read: readRequest,
};

function isResolverEvent(event: unknown): boolean {
  return (
    property(event, 'arguments') !== undefined &&
    property(property(event, 'request'), 'headers') !== undefined &&
    (property(event, 'info') !== undefined || property(event, 'fieldName') !== undefined)
  );
}

function readRequest(event: unknown, key: string): Carried {
  return carriedInHeaders(key, property(property(event, 'request'), 'headers'));
}
