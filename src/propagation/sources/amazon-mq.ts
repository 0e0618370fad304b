import type { Carried } from '../carried.ts';
import { carriedIn, orElse } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { elements, groupedElements, property } from '../property.ts';
import { ID_IN_BAGGAGE, W3C_HEADERS } from '../readings.ts';
import { textOfBytes } from '../text-of-bytes.ts';

/** Amazon MQ for ActiveMQ: JMS properties, then the id that JMS itself has. */
export const activeMq: EventSource = {
  name: 'active-mq',
  readings: [
    {
      event: 'Amazon MQ for ActiveMQ',
      id: ['property `x-correlation-id`', '`correlationId` (JMS)', ID_IN_BAGGAGE],
      trace: [`properties \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
    },
  ],
  matches: (event) => property(event, 'eventSource') === 'aws:mq',
  read: () => ({}),
  batch: {
    records: (event) => elements(property(event, 'messages')),
    owns: (message) =>
      typeof property(message, 'messageID') === 'string' && property(message, 'messageType') !== undefined,
    read: readJmsMessage,
  },
};

/** Amazon MQ for RabbitMQ: messages grouped by queue, texts in headers as bytes, then the id that AMQP itself has. */
export const rabbitMq: EventSource = {
  name: 'rabbit-mq',
  readings: [
    {
      event: 'Amazon MQ for RabbitMQ',
      id: ['header `x-correlation-id`', '`basicProperties.correlationId` (AMQP)', ID_IN_BAGGAGE],
      trace: [`headers \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
    },
  ],
  matches: (event) => property(event, 'eventSource') === 'aws:rmq',
  read: () => ({}),
  batch: {
    records: (event) => groupedElements(property(event, 'rmqMessagesByQueue')),
    owns: (message) => property(message, 'basicProperties') !== undefined,
    read: readAmqpMessage,
  },
};

function readJmsMessage(message: unknown): Carried {
  return orElse(carriedIn(property(message, 'properties')), {
    correlationId: property(message, 'correlationId'),
  });
}

function readAmqpMessage(message: unknown): Carried {
  const properties = property(message, 'basicProperties');
  return orElse(
    carriedIn(property(properties, 'headers'), (value) =>
      typeof value === 'string' ? value : textOfBytes(property(value, 'bytes')),
    ),
    { correlationId: property(properties, 'correlationId') },
  );
}
