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
      },
      additionalProperties: false,
    },
  },
} as const;
