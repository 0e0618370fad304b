import type { EventSource } from '../event-source.ts';
import { member, property } from '../property.ts';

/** A CloudFormation custom resource: its properties are all that a template, or who deploys it, can add. */
export const customResource: EventSource = {
  name: 'cloudformation-custom-resource',
  matches: (event) =>
    typeof property(event, 'RequestType') === 'string' && typeof property(event, 'ResponseURL') === 'string',
  read: (event, key) => ({ correlationId: member(property(event, 'ResourceProperties'), key) }),
};
