/** The forms of a message: a mail, a message in a channel, an event, and some lines in a terminal. Pure. */
import type { AlarmMessage } from './compose-message.ts';
import { factsOf } from './compose-message.ts';

/** Characters of a subject, which are ASCII and of one line: SNS, "Publish", `Subject`. */
const MAX_SUBJECT = 100;

/** Characters of the parts of a custom notification: Amazon Q Developer in chat applications, "Custom notifications". */
const MAX_CHAT_TITLE = 250;
const MAX_CHAT_DESCRIPTION = 8000;

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** What stands before a title. */
const STATES = { ALARM: 'ALARM', OK: 'OK', INSUFFICIENT_DATA: 'NO DATA' } as const;

export function mailOf(message: AlarmMessage): Mail {
  const { alarm, region, owner, runbook } = message;
  const facts = factsOf(message);
  const width = Math.max(0, ...facts.map(({ label }) => label.length));
  return {
    subject: subjectOf(`${headOf(message)}: ${message.title}`),
    text: [
      line(message.sentence),
      '',
      ...facts.map(({ label, text }) => line(`${label.padEnd(width)}  ${text}`)),
      ...(facts.length > 0 ? [''] : []),
      ...numbered(message.nextSteps),
      ...(message.nextSteps.length > 0 ? [''] : []),
      ...(owner === undefined ? [] : [line(`Owner: ${owner}`)]),
      ...(runbook === undefined ? [] : [line(`Runbook: ${runbook}`)]),
      line(`Alarm: ${alarm}, ${region}`),
    ].join('\n'),
  };
}

function headOf({ state, urgency }: Pick<AlarmMessage, 'state' | 'urgency'>): string {
  return state === 'ALARM' && urgency !== undefined ? urgency.toUpperCase() : STATES[state];
}

function numbered(steps: readonly string[]): readonly string[] {
  return steps.length === 0 ? [] : ['Next:', ...steps.map((step, index) => line(`${index + 1}. ${step}`))];
}

/** What SNS takes: letters lose their accents, and what is no ASCII then is a question mark. */
export function subjectOf(text: string): string {
  const ascii = line(text)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
  return ascii.length <= MAX_SUBJECT ? ascii : `${ascii.slice(0, MAX_SUBJECT - 3)}...`;
}

/** A custom notification, the one form that Amazon Q Developer in chat applications shows of what is not AWS's own. */
export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** All messages of one alarm are a thread. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
  };
}

export function chatOf(message: AlarmMessage): ChatMessage {
  const { id, alarm, arn, service, stage, state, owner, runbook } = message;
  const title = chatText(`${headOf(message)}: ${message.title}`);
  const description = [
    message.sentence,
    ...factsOf(message).map(({ label, text }) => `*${label}* ${text}`),
    ...(owner === undefined ? [] : [`*Owner* ${owner}`]),
    ...(runbook === undefined ? [] : [`*Runbook* ${runbook}`]),
  ].map(chatText);
  const steps = message.nextSteps.map((step) => (isLink(step) ? chatText(step) : `\`${chatText(step)}\``));
  return {
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: cut(title, MAX_CHAT_TITLE),
      description: cut(description.join('\n'), MAX_CHAT_DESCRIPTION),
      ...(steps.length > 0 && { nextSteps: steps }),
      keywords: [service, stage, state],
    },
    metadata: {
      threadId: alarm,
      summary: cut(title, MAX_CHAT_TITLE),
      eventType: DETAIL_TYPE,
      relatedResources: arn === undefined ? [] : [arn],
    },
  };
}

function isLink(step: string): boolean {
  return /^https:\/\/\S+$/.test(step);
}

/** `<` begins what a channel takes for more than text: a mention of everybody, a link that says something else. */
function chatText(text: string): string {
  return line(text).replaceAll('<', '‹').replaceAll('>', '›').replaceAll('`', "'");
}

const SOURCE = 'lambda-lantern';
const DETAIL_TYPE = 'Alarm Message';

/** An entry of EventBridge's "PutEvents", but for the bus. */
export interface MessageEvent {
  readonly Source: string;
  readonly DetailType: string;
  /** JSON of the message. */
  readonly Detail: string;
  readonly Resources: string[];
  readonly Time: Date;
}

export function eventOf(message: AlarmMessage): MessageEvent {
  return {
    Source: SOURCE,
    DetailType: DETAIL_TYPE,
    Detail: JSON.stringify(message),
    Resources: message.arn === undefined ? [] : [message.arn],
    Time: new Date(message.at),
  };
}

/** For the terminal and the page: the mail, with its subject as the first line. */
export function textOf(message: AlarmMessage): string {
  const { text } = mailOf(message);
  return `${headOf(message)}: ${line(message.title)}\n${text}`;
}

/** Nobody is to begin a line, or more than a line, by a name that he chose. */
function line(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
