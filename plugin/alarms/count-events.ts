import { asObject } from 'lambda-lantern-local/template';
import type { CountedEventSource } from './alarm-plan.ts';

/** What Lambda calls its counts of events, in `MetricsConfig`. */
const EVENT_COUNT = 'EventCount';

/**
 * Has Lambda count the events of the mappings that alarms watch. What a mapping sends already stays; where only the deployment knows
 * what that is, the mapping is left as it is written.
 */
export function countEvents(template: unknown, eventSources: readonly CountedEventSource[]): void {
  const resources = asObject(asObject(template).Resources) as Record<string, unknown>;
  for (const { logicalId } of eventSources) {
    const mapping = asObject(resources[logicalId]);
    const properties = asObject(mapping.Properties);
    const { Metrics = [], ...config } = asObject(properties.MetricsConfig);
    if (!Array.isArray(Metrics) || Metrics.includes(EVENT_COUNT)) continue;
    const MetricsConfig = { ...config, Metrics: [...(Metrics as unknown[]), EVENT_COUNT] };
    resources[logicalId] = { ...mapping, Properties: { ...properties, MetricsConfig } };
  }
}
