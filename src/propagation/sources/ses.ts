import { carriedInEntries } from '../carried.ts';
import { elements, property } from '../property.ts';
import { ID_HEADER, ID_IN_BAGGAGE, W3C_HEADERS } from '../readings.ts';
import { recordsSource } from './lambda-records.ts';

/** SES: the headers of the mail that was received. */
export const ses = recordsSource({
  name: 'ses',
  eventSource: 'aws:ses',
  readings: [
    {
      event: 'SES',
      id: [`mail ${ID_HEADER}`, ID_IN_BAGGAGE],
      trace: [`mail headers \`X-Amzn-Trace-Id\`, ${W3C_HEADERS}`],
    },
  ],
  read: (record) =>
    carriedInEntries(
      elements(property(property(property(record, 'ses'), 'mail'), 'headers')).map(
        (header) => [property(header, 'name'), property(header, 'value')] as const,
      ),
    ),
});
