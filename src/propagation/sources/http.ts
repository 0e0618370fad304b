import { CORRELATION_ID_KEY } from '../correlation-id.ts';
import type { EventSource } from '../event-source.ts';
import { property, propertyIgnoringCase } from '../event-source.ts';

/** API Gateway REST (v1 events) and ALB: `headers`, or only `multiValueHeaders` where an ALB is set to it. */
export const apiGatewayRest: EventSource = {
  name: 'api-gateway-rest',
  matches: (event) => 'httpMethod' in event && ('headers' in event || 'multiValueHeaders' in event),
  read: (event) => {
    const multiValue = propertyIgnoringCase(property(event, 'multiValueHeaders'), CORRELATION_ID_KEY);
    return {
      correlationId:
        propertyIgnoringCase(property(event, 'headers'), CORRELATION_ID_KEY) ??
        (Array.isArray(multiValue) ? (multiValue as unknown[])[0] : undefined),
    };
  },
};

/** API Gateway HTTP API and Lambda function URL (v2 events): header names arrive in lower case. */
export const apiGatewayHttp: EventSource = {
  name: 'api-gateway-http',
  matches: (event) => property(event, 'version') === '2.0' && 'headers' in event,
  read: (event) => ({ correlationId: propertyIgnoringCase(property(event, 'headers'), CORRELATION_ID_KEY) }),
};
