import { injectEach, injectOne } from './injector.ts';
import { attributeMessages } from './message-attribute.ts';
import { SIZE_LIMITS } from './size-limits.ts';

const messages = attributeMessages(['Message', 'Subject'], SIZE_LIMITS.sns);

export const injectPublish = injectOne(messages);
export const injectPublishBatch = injectEach('PublishBatchRequestEntries', messages);
