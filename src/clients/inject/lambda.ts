import { copyWith } from '../../copy-with.ts';
import { nameForId } from './id-name.ts';
import type { Fields, Injector, Messages } from './injector.ts';
import { injectOne, LEFT_OUT, unchanged } from './injector.ts';
import { payloadMessages } from './payload.ts';
import { byteLength, SIZE_LIMITS } from './size-limits.ts';

/** `clientContext.custom` of a synchronous invocation: it reaches the function beside its payload. */
const clientContext: Messages = {
  limits: SIZE_LIMITS.lambdaClientContext,
  size: (input) => byteLength(input.ClientContext),
  withId: (input, correlationId) => {
    const context = readClientContext(input.ClientContext);
    const custom = asObject(context === undefined ? undefined : (context.custom ?? {}));
    if (custom === undefined) return input;
    const name = nameForId(Object.keys(custom));
    if (name === undefined) return input;
    const merged = { ...context, custom: { ...custom, [name]: correlationId } };
    const ClientContext = Buffer.from(JSON.stringify(merged)).toString('base64');
    return copyWith(input, { ClientContext }) ?? LEFT_OUT.copy;
  },
};

const injectClientContext = injectOne(clientContext);
const injectPayload = injectOne(payloadMessages('Payload', SIZE_LIMITS.lambdaAsynchronous));

/** For invocations that the caller waits for; the others are {@link injectAsynchronousInvoke}'s. */
export const injectSynchronousInvoke: Injector = (input, correlationId) =>
  isSynchronous(input) ? injectClientContext(input, correlationId) : unchanged(input);

/** Lambda drops the client context of an asynchronous invocation: its payload carries the id. */
export const injectAsynchronousInvoke: Injector = (input, correlationId) => {
  if (input.InvocationType !== 'Event') return unchanged(input);
  if (input.DurableExecutionName === undefined) return injectPayload(input, correlationId);
  return unchanged(input, LEFT_OUT.idempotent);
};

export const injectInvokeAsync = injectOne(payloadMessages('InvokeArgs', SIZE_LIMITS.lambdaAsynchronous));

function isSynchronous({ InvocationType }: Fields): boolean {
  return InvocationType === undefined || InvocationType === 'RequestResponse';
}

/** The caller's client context, an empty one where there is none, undefined for what is not a JSON object. */
function readClientContext(value: unknown): Fields | undefined {
  if (value === undefined || value === '') return {};
  if (typeof value !== 'string') return undefined;
  try {
    return asObject(JSON.parse(Buffer.from(value, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
