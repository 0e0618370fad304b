import { carriedIn, orElse } from '../carried.ts';
import type { EventSource } from '../event-source.ts';
import { property } from '../property.ts';

/** Amazon Lex, version 2 and 1: attributes of the request, then those that the session keeps. */
export const lex: EventSource = {
  name: 'lex',
  matches: (event) =>
    typeof property(event, 'invocationSource') === 'string' && property(event, 'bot') !== undefined,
  read: (event, key) => {
    const session = property(event, 'sessionState') ?? event;
    return orElse(
      carriedIn(key, property(event, 'requestAttributes')),
      carriedIn(key, property(session, 'sessionAttributes')),
    );
  },
};
