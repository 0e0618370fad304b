import { carriedInEntries } from '../carried.ts';
import { elements, property } from '../property.ts';
import { recordsSource } from './lambda-records.ts';

/** SES: the headers of the mail that was received. */
export const ses = recordsSource({
  name: 'ses',
  eventSource: 'aws:ses',
  read: (record, key) =>
    carriedInEntries(
      key,
      elements(property(property(property(record, 'ses'), 'mail'), 'headers')).map(
        (header) => [property(header, 'name'), property(header, 'value')] as const,
      ),
    ),
});
