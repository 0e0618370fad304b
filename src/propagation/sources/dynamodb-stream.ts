import { member, property } from '../property.ts';
import { recordsSource } from './lambda-records.ts';

/** DynamoDB streams: an item carries an id only if the application stores one. The old image is of an earlier write. */
export const dynamoDbStream = recordsSource({
  name: 'dynamodb',
  eventSource: 'aws:dynamodb',
  read: (record, key) => {
    const image = property(property(record, 'dynamodb'), 'NewImage');
    return { correlationId: property(member(image, key), 'S') };
  },
});
