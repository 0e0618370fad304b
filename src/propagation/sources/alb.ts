import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';
import { HTTP_READS } from '../readings.ts';

/** Application Load Balancer: `headers`, or only `multiValueHeaders` where the target group is set to them. */
export const alb: EventSource = {
  name: 'alb',
  readings: [
    {
      event: 'Application Load Balancer (single and multi-value headers)',
      ...HTTP_READS,
      senders: ['HTTP'],
    },
  ],
  answersHttp: true,
  matches: (event) => property(property(event, 'requestContext'), 'elb') !== undefined,
  read: (event) => carriedInHeaders(property(event, 'headers'), property(event, 'multiValueHeaders')),
};
