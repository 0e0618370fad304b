import type { ServiceDefinition } from './template/service.ts';
import type { ServiceInfo } from './xray/trace.ts';

/** What the page says about the service: `functions` as they are configured now. */
export function serviceInfo(service: ServiceDefinition, tryThis: readonly string[]): ServiceInfo {
  const { name, stage, region } = service;
  const functions = service.functions.map((definition) => ({
    key: definition.key,
    name: definition.name,
    tracing: definition.tracingMode === 'Active',
  }));
  return { name, stage, region, tracing: functions.some(({ tracing }) => tracing), functions, tryThis };
}
