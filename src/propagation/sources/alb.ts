import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** Application Load Balancer: `headers`, or only `multiValueHeaders` where the target group is set to them. */
export const alb: EventSource = {
  name: 'alb',
  answersHttp: 'headers',
  matches: (event) => property(property(event, 'requestContext'), 'elb') !== undefined,
  read: (event, key) =>
    carriedInHeaders(key, property(event, 'headers'), property(event, 'multiValueHeaders')),
};
