/**
 * JSON schema of `custom.lantern.alarms`: the form of it, which the framework checks before anything runs. Names of functions,
 * resources, alarms and options are left to `checkSettings`, which knows them, and says which one was probably meant.
 */
const switchOr = (settings: object) => ({ anyOf: [{ type: 'boolean' }, settings] }) as const;

const alarms = switchOr({
  type: 'object',
  additionalProperties: switchOr({
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'number' }, { type: 'string' }] },
  }),
});

const byName = { type: 'object', additionalProperties: alarms } as const;

const stage = {
  defaults: byName,
  functions: byName,
  resources: byName,
  composite: { type: 'boolean' },
  actions: { type: 'object' },
} as const;

export const ALARM_SETTINGS_SCHEMA = switchOr({
  type: 'object',
  properties: {
    ...stage,
    stages: { type: 'object', additionalProperties: switchOr({ type: 'object', properties: stage }) },
  },
});
