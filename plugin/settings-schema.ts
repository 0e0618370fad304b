import { ALARM_SETTINGS_SCHEMA } from './settings/alarm-settings-schema.ts';
import { DASHBOARD_SETTINGS_SCHEMA } from './settings/dashboard-settings.ts';
import { TRACING_SETTINGS_SCHEMA } from './tracing/tracing-settings.ts';

/** JSON schema of `custom.lantern`: a misspelt setting is refused before anything runs. */
export const SETTINGS_SCHEMA = {
  type: 'object',
  properties: {
    lantern: {
      type: 'object',
      properties: {
        local: {
          type: 'object',
          properties: { tryThis: { type: 'array', items: { type: 'string' } } },
          additionalProperties: false,
        },
        alarms: ALARM_SETTINGS_SCHEMA,
        tracing: TRACING_SETTINGS_SCHEMA,
        dashboards: DASHBOARD_SETTINGS_SCHEMA,
      },
      additionalProperties: false,
    },
  },
} as const;
