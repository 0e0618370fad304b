/** Names that the function that tells of alarms shares with what deploys it. */
export const VARIABLE = {
  /** The ARN of the topic that people subscribe to. */
  topic: 'LANTERN_MESSAGE_TOPIC',
  /** The name or ARN of the bus that events go to; without it there are none. */
  bus: 'LANTERN_MESSAGE_BUS',
  service: 'LANTERN_MESSAGE_SERVICE',
  stage: 'LANTERN_MESSAGE_STAGE',
  /** The id of the stack that is asked for deployments. */
  stack: 'LANTERN_MESSAGE_STACK',
} as const;
