import type { Carried } from '../carried.ts';
import { carriedIn, orElse } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { elements, groupedElements, property, textOfBytes } from '../property.ts';

/** Amazon MQ for ActiveMQ: JMS properties, then the id that JMS itself has. */
export const activeMq: EventSource = {
  name: 'active-mq',
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
  matches: (event) => property(event, 'eventSource') === 'aws:rmq',
  read: () => ({}),
  batch: {
    records: (event) => groupedElements(property(event, 'rmqMessagesByQueue')),
    owns: (message) => property(message, 'basicProperties') !== undefined,
    read: readAmqpMessage,
  },
};

function readJmsMessage(message: unknown, key: string): Carried {
  return orElse(carriedIn(key, property(message, 'properties')), {
    correlationId: property(message, 'correlationId'),
  });
}

function readAmqpMessage(message: unknown, key: string): Carried {
  const properties = property(message, 'basicProperties');
  return orElse(
    carriedIn(key, property(properties, 'headers'), (value) =>
      typeof value === 'string' ? value : textOfBytes(property(value, 'bytes')),
    ),
    { correlationId: property(properties, 'correlationId') },
  );
}
