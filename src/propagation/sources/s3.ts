import { recordsSource } from './lambda-records.ts';

/** S3: the event names the object and nothing that came with it; the object's metadata is not part of it. */
export const s3 = recordsSource({
  name: 's3',
  eventSource: 'aws:s3',
  read: () => ({}),
});
