/** The words that the readings of several sources share; they are the cells of the table in docs/correlation.md. */
export const ID_HEADER = 'header `x-correlation-id`';
export const ID_ATTRIBUTE = 'message attribute `x-correlation-id`';
export const ID_MEMBER = 'top-level member `x-correlation-id`';
export const ID_IN_BAGGAGE = '`baggage` member `x-correlation-id` or `correlation-id`';
export const W3C_HEADERS = '`traceparent`, `tracestate`, `baggage`';

/** What every source with HTTP headers reads. */
export const HTTP_READS = {
  id: [ID_HEADER, ID_IN_BAGGAGE],
  trace: ['`X-Amzn-Trace-Id`', W3C_HEADERS],
} as const;
