import type { Expression } from 'lambda-lantern-local/template';
import { ALARM_TOPIC } from '../actions/alarm-topic.ts';
import type { ResourceMap } from '../alarms/alarm-resources.ts';
import type { PluginUtilities, Serverless } from '../serverless.ts';
import { refuse } from '../serverless.ts';
import { checkSettings } from '../settings/settings.ts';
import { tagNever, wireTracing } from './wire-tracing.ts';

/**
 * Adds tracing on demand to the compiled template of a service, when its settings ask for it. Runs when the alarms, and with
 * them their topic, are in there.
 *
 * @throws Serverless' own error, which stops the packaging, for mistakes in the settings.
 */
export function addTracing(serverless: Serverless, { log }: Pick<PluginUtilities, 'log'>): void {
  const { service } = serverless;
  const settings = service.custom?.lantern?.tracing;
  if (settings === undefined) return;
  refuse(
    serverless,
    'The settings of tracing have mistakes:',
    checkSettings('tracing', settings, { functions: Object.keys(service.functions) }),
    'LANTERN_TRACING',
  );
  const template = service.provider.compiledCloudFormationTemplate as { Resources: ResourceMap };
  const names = new Map(Object.entries(service.functions).map(([key, { name }]) => [key, name ?? key]));
  template.Resources = tagNever(
    template.Resources,
    (settings.never ?? []).map((key) => names.get(key) ?? key),
  );
  const { onAlarm } = settings;
  if (onAlarm === undefined) return;
  const topic = topicOf(serverless, template.Resources);
  if (topic === undefined) {
    log.warning(
      `${onAlarm} is called by no alarm, and tracing is not turned on by itself: this stage has no topic for alarms, because its ` +
        'alarms are switched off. `serverless tracing` works, but without an end.',
    );
    return;
  }
  const stage = serverless.getProvider('aws').getStage();
  const wired = wireTracing(template.Resources, {
    service: service.service,
    stage,
    settings: { ...settings, onAlarm },
    names,
    topic,
  });
  template.Resources = wired.resources;
  for (const warning of wired.warnings) log.warning(warning);
}

/** The topic that the alarms of the service made, or the one that they were told to use. */
function topicOf({ service }: Serverless, resources: ResourceMap): Expression | undefined {
  if (Object.hasOwn(resources, ALARM_TOPIC)) return { Ref: ALARM_TOPIC };
  const alarms = service.custom?.lantern?.alarms;
  return typeof alarms === 'object' ? alarms.actions?.topic : undefined;
}
