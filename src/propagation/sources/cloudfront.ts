import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { elements, property } from '../property.ts';

/** CloudFront, Lambda@Edge: one request of a viewer or to an origin, each header a list of `{ key, value }`. */
export const cloudFront: EventSource = {
  name: 'cloudfront',
  answersHttp: 'cloudfront',
  matches: (event) => property(requestOf(event), 'headers') !== undefined,
  read: (event, key) => {
    const headers = Object.entries(property(requestOf(event), 'headers') ?? {});
    const lists = headers.map(([name, list]) => [
      name,
      elements(list).map((each) => property(each, 'value')),
    ]);
    return carriedInHeaders(key, Object.fromEntries(lists));
  },
};

function requestOf(event: unknown): unknown {
  return property(property(elements(property(event, 'Records'))[0], 'cf'), 'request');
}
