import { carriedInHeaders } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** VPC Lattice, event structure version 1.0: header values are texts. */
export const vpcLatticeV1: EventSource = {
  name: 'vpc-lattice-v1',
  answersHttp: 'headers',
  matches: (event) =>
    typeof property(event, 'raw_path') === 'string' && property(event, 'headers') !== undefined,
  read: (event, key) => carriedInHeaders(key, property(event, 'headers')),
};

/** VPC Lattice, event structure version 2.0: header values are lists. */
export const vpcLatticeV2: EventSource = {
  name: 'vpc-lattice-v2',
  answersHttp: 'headers',
  matches: (event) => {
    const context = property(event, 'requestContext');
    return (
      property(context, 'serviceNetworkArn') !== undefined ||
      property(context, 'targetGroupArn') !== undefined
    );
  },
  read: (event, key) => carriedInHeaders(key, property(event, 'headers')),
};
