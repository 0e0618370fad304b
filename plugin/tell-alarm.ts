import { Logger } from '@aws-lambda-powertools/logger';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import type { AlarmMessage } from 'lambda-lantern-local/template';
import {
  composeMessage,
  isObject,
  objectsIn,
  parseObject,
  readAlarmChange,
} from 'lambda-lantern-local/template';
import { gather } from './message/gather.ts';
import { VARIABLE } from './message/names.ts';
import { publicationOf, publish, putEvent, rawPublicationOf } from './message/tell.ts';
import { requiredVariable } from './required-variable.ts';

const clients = {
  cloudWatch: new CloudWatchClient({}),
  cloudFormation: new CloudFormationClient({}),
  lambda: new LambdaClient({}),
};
const sns = new SNSClient({});
const eventBridge = new EventBridgeClient({});
const logger = new Logger();

const SETTING = 'custom.lantern.alarms.actions.message.function';
const topic = requiredVariable(VARIABLE.topic, SETTING);
const stack = requiredVariable(VARIABLE.stack, SETTING);
const bus = process.env[VARIABLE.bus];
const place = {
  service: requiredVariable(VARIABLE.service, SETTING),
  stage: requiredVariable(VARIABLE.stage, SETTING),
};

/** Milliseconds for finding out what a message says; whoever is woken would rather know less than wait longer. */
const TIME_TO_ASK = 8000;

/** Milliseconds that are left for publishing, whatever else takes time. */
const TIME_TO_PUBLISH = 5000;

/** What was told of one message. */
export interface Told {
  readonly alarm?: string;
  /** `raw` where the message could not be composed and CloudWatch's own was passed on. */
  readonly form: 'composed' | 'raw';
  readonly why?: string;
}

/** What came in: a text, and the subject that came with it. */
interface Incoming {
  readonly text: string;
  readonly subject?: string;
}

/**
 * Tells people of an alarm: takes what SNS, EventBridge or an alarm's Lambda action says of it, finds out what else is known, and
 * publishes one message in the form that each reader takes. What cannot be composed is passed on as it came.
 *
 * @throws Error when something could not be published: Lambda tries asynchronous events again, and hands them to the destination that
 * the plugin has set in the end.
 */
export async function tellAlarm(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'invokedFunctionArn'>,
): Promise<Told[]> {
  const told: Told[] = [];
  const failures: unknown[] = [];
  for (const incoming of incomingOf(event)) {
    try {
      told.push(await tell(incoming, context));
    } catch (error) {
      logger.error('an alarm could not be told', { error: error as Error });
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'Several alarms could not be told');
  return told;
}

function incomingOf(event: unknown): readonly Incoming[] {
  const records = objectsIn(isObject(event) ? event.Records : undefined);
  if (records.length === 0) return [{ text: JSON.stringify(event) }];
  return records.map((record) => {
    const { Message, Subject } = isObject(record.Sns) ? record.Sns : {};
    return {
      text: typeof Message === 'string' ? Message : JSON.stringify(record),
      ...(typeof Subject === 'string' && { subject: Subject }),
    };
  });
}

async function tell(incoming: Incoming, context: Parameters<typeof tellAlarm>[1]): Promise<Told> {
  const { text, subject } = incoming;
  let why: string;
  try {
    const message = await messageOf(text, context);
    if (message !== undefined) {
      await publish(sns, topic, publicationOf(message));
      logger.info(`told of ${message.alarm}: ${message.title}`);
      return { alarm: message.alarm, form: 'composed' };
    }
    why = 'it is none of an alarm';
  } catch (error) {
    logger.error('a message could not be composed or published: it is passed on as it came', {
      error: error as Error,
    });
    why = (error as Error).name;
  }
  await publish(sns, topic, rawPublicationOf(subject, text, why));
  return { form: 'raw', why };
}

/** Undefined for what is said of no alarm. */
async function messageOf(
  text: string,
  { getRemainingTimeInMillis, invokedFunctionArn }: Parameters<typeof tellAlarm>[1],
): Promise<AlarmMessage | undefined> {
  const change = readAlarmChange(parseObject(text));
  if (change === undefined) return undefined;
  const [, , , region = ''] = invokedFunctionArn.split(':');
  const time = Math.min(TIME_TO_ASK, getRemainingTimeInMillis() - TIME_TO_PUBLISH);
  const signal = AbortSignal.timeout(Math.max(1, time));
  const options = { ...clients, place: { ...place, region }, stack, signal };
  const message = composeMessage(await gather(change, options));
  if (bus === undefined || bus === '') return message;
  try {
    await putEvent(eventBridge, bus, message, AbortSignal.timeout(Math.max(1, time)));
    return message;
  } catch (error) {
    // A second try of the whole would tell people twice: the mail says that a program was not told.
    logger.error('the event of a message could not be put on its bus', { error: error as Error });
    const unread = `whether programs know: the event was not put on the bus (${(error as Error).name})`;
    return { ...message, unread: [...message.unread, unread] };
  }
}

/** {@link tellAlarm} for Lambda: its log lines say which invocation they are of. */
export async function handler(event: unknown, context: Context): Promise<Told[]> {
  logger.addContext(context);
  return tellAlarm(event, context);
}
