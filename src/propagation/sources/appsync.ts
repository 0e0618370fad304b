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
  read: (event) => readRequest(elements(event)[0]),
  batch: { records: elements, owns: isResolverEvent, read: readRequest },
};

/** AppSync's Lambda authorizer. */
export const appSyncAuthorizer: EventSource = {
  name: 'appsync-authorizer',
  matches: (event) =>
    property(event, 'requestHeaders') !== undefined && property(event, 'authorizationToken') !== undefined,
  read: (event) => carriedInHeaders(property(event, 'requestHeaders')),
};

function isResolverEvent(event: unknown): boolean {
  return (
    property(event, 'arguments') !== undefined &&
    property(property(event, 'request'), 'headers') !== undefined &&
    (property(event, 'info') !== undefined || property(event, 'fieldName') !== undefined)
  );
}

function readRequest(event: unknown): ReturnType<typeof carriedInHeaders> {
  return carriedInHeaders(property(property(event, 'request'), 'headers'));
}
