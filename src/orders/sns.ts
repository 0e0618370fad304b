import { SNSClient } from '@aws-sdk/client-sns';
import { observeClient } from 'lambda-lantern';

export const sns = observeClient(new SNSClient({}));
