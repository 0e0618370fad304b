import { injectEach, injectOne } from './injector.ts';
import { attributeMessages } from './message-attribute.ts';
import { SIZE_LIMITS } from './size-limits.ts';

const messages = attributeMessages(['MessageBody'], SIZE_LIMITS.sqs);

export const injectSendMessage = injectOne(messages);
export const injectSendMessageBatch = injectEach('Entries', messages);
