import type { EntityStatus } from '../../xray/trace.ts';

/** X-Ray's words for the colours of its console. */
export const statusLabels: Readonly<Record<EntityStatus, string>> = {
  ok: 'OK',
  error: 'Error',
  throttle: 'Throttle',
  fault: 'Fault',
  in_progress: 'In progress',
};

export const statusMeanings: Readonly<Record<EntityStatus, string>> = {
  ok: 'Nothing is known to have failed',
  error: 'The caller’s mistake (4xx)',
  throttle: 'Refused for too many requests (429)',
  fault: 'The service failed (5xx, an exception, or a timeout)',
  in_progress: 'Has not ended yet',
};
