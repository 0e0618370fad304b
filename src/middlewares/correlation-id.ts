import type { MiddlewareObj, Request } from '@middy/core';
import type { Kind } from '../check-options.ts';
import { callback, checkOptions, flag, object } from '../check-options.ts';
import { copyWith } from '../copy-with.ts';
import { isReplay } from '../lifecycle/durable.ts';
import { whenAnswered, whenBodyEnds, withWatchedBody } from '../lifecycle/observe-body.ts';
import type { Follower } from '../lifecycle/request-ending.ts';
import { Followers } from '../lifecycle/request-ending.ts';
import type { CorrelationContext } from '../propagation/correlation.ts';
import { enterCorrelation } from '../propagation/correlation.ts';
import { CORRELATION_ID_KEY, isCorrelationId, newCorrelationId } from '../propagation/correlation-id.ts';
import type {
  ExtractionOptions,
  HeadersField,
  identifyEvent as identify,
} from '../propagation/extract-correlation.ts';
import { readHttpEvent } from '../propagation/read-http-event.ts';
import type { OpenedScope } from '../propagation/scope.ts';
import { processLogger } from '../telemetry/process-logger.ts';
import { waitingLines } from '../telemetry/shared-logger.ts';

/** Options of {@link correlationId}. */
export interface CorrelationIdOptions {
  /**
   * The name of your own header, such as `x-request-id`: under it the id is read from events, sent on by the clients, as a
   * header, a message attribute or a member of a payload, and repeated by the answer. It is read whatever its case, and
   * written as it stands here. Letters, digits, `-`, `_` and single dots, so that it can name a message attribute too.
   *
   * @default 'x-correlation-id'
   */
  readonly header?: string;
  /**
   * Whether the id that API Gateway (or a function URL) has given the request is taken, `requestContext.requestId`, where
   * the event carries none. Else it is Lambda's own request id.
   *
   * @default false
   */
  readonly requestId?: boolean;
  /**
   * Finds the id in events of your own making, before it is looked for anywhere else; what is no valid id is passed over, and
   * what it throws is warned of.
   *
   * @default none
   */
  readonly find?: (event: unknown) => unknown;
  /**
   * Who is told when an incoming id was refused.
   *
   * @default the shared logger
   */
  readonly logger?: { warn(message: string): void };
}

/** Where others have their say: the names of trace context, and headers that decide how HTTP reads a message. */
const TAKEN_HEADERS =
  /^(x-amzn-trace-id|traceparent|tracestate|baggage|host|connection|upgrade|te|trailer|transfer-encoding|content-.*|cookie|set-cookie|authorization|location|date|aws[.].*|amazon[.].*)$/i;
/** "Amazon SQS message metadata": what names of attributes are made of, and nothing that HTTP does not take. */
const ATTRIBUTE_NAME = /^[a-z0-9_-]+([.][a-z0-9_-]+)*$/i;
const MAX_HEADER_LENGTH = 256;

const headerName: Kind<string> = [
  `a header name of letters, digits, "-", "_" and single dots, up to ${MAX_HEADER_LENGTH} characters, that has no other meaning`,
  (value) =>
    typeof value === 'string' &&
    value.length <= MAX_HEADER_LENGTH &&
    ATTRIBUTE_NAME.test(value) &&
    !TAKEN_HEADERS.test(value),
];

/**
 * Gives the invocation a correlation id: the one its event carries, or a new one. `getCorrelationId()` returns it
 * anywhere in the call tree, log lines and outgoing calls carry it, and HTTP answers repeat it in its header.
 *
 * @throws TypeError when an option is unknown or of the wrong type.
 */
export function correlationId(options: CorrelationIdOptions = {}): MiddlewareObj {
  checkOptions('correlationId()', options, {
    header: headerName,
    requestId: flag,
    find: callback,
    logger: object,
  });
  const { logger = processLogger, find, header, requestId } = options;
  const extraction = {
    ...(header !== undefined && { header }),
    ...(requestId !== undefined && { requestId }),
  };
  const settings: Settings = { header, logger, extraction };
  const followers = new Followers<Invocation>();

  const correlationIdBefore = (request: Request): Promise<void> | undefined => {
    const { event, context } = request;
    const found = find === undefined ? undefined : foundBy(find, event, logger);
    const fromHttp = readHttpEvent(event, context, extraction);
    const invocation = new Invocation(followers, settings, context, found, fromHttp);
    followers.add(request, invocation);
    if (fromHttp !== undefined) return undefined;
    if (loadedIdentifyEvent !== undefined) {
      invocation.identify(loadedIdentifyEvent, event);
      return undefined;
    }
    return loadIdentifyEvent().then(
      (identifyEvent) => invocation.identify(identifyEvent, event),
      () => invocation.identifyAnew(),
    );
  };
  const correlationIdAfter = (request: Request): Promise<void> | undefined => {
    const invocation = followers.of(request);
    if (invocation !== undefined) {
      void whenAnswered(request, true, () => invocation.leave());
      const response = invocation.repeatId(request.response);
      if (response !== request.response) request.response = response;
    }
    return waitingLines();
  };
  return { before: correlationIdBefore, after: correlationIdAfter, onError: correlationIdAfter };
}

/** What is the same for all invocations of a pipeline. */
interface Settings {
  readonly header: string | undefined;
  readonly logger: { warn(message: string): void };
  readonly extraction: ExtractionOptions;
}

/** The id of one invocation, and the scope that it is seen in. */
class Invocation implements Follower {
  readonly owner: Followers<Invocation>;
  older: Follower | undefined;
  readonly #settings: Settings;
  readonly #lambdaContext: unknown;
  /** What `find` has found. */
  readonly #found: string | undefined;
  readonly #scope: OpenedScope<CorrelationContext>;
  #context: CorrelationContext | undefined;
  #headersField: HeadersField | undefined = 'headers';
  /** The answer of a middleware that replied early, with the id in it. */
  #early: unknown;

  /** Opens the scope, at once, because only the synchronous part of a hook can; what is seen there may follow. */
  constructor(
    owner: Followers<Invocation>,
    settings: Settings,
    lambdaContext: unknown,
    found: string | undefined,
    read: CorrelationContext | undefined,
  ) {
    this.owner = owner;
    this.#settings = settings;
    this.#lambdaContext = lambdaContext;
    this.#found = found;
    this.#context = read && this.#withFound(read);
    this.#scope = enterCorrelation(lambdaContext, this.#context);
  }

  replaceEarly(response: unknown): unknown {
    this.#early = this.repeatId(withWatchedBody(response));
    return this.#early;
  }

  /** Nothing that was logged may be lost with the process. */
  holdEarly(): Promise<void> | undefined {
    return waitingLines();
  }

  whenSkipped(): void {
    void whenBodyEnds(this.#early, () => this.leave());
  }

  /** The answer with the id in it. */
  repeatId(response: unknown): unknown {
    const { header = CORRELATION_ID_KEY } = this.#settings;
    return withHeader(response, header, this.#context?.correlationId, this.#headersField);
  }

  /** Leaves the scope; what is logged until then, while the body of a streamed answer is made too, carries the id. */
  leave(): Promise<void> | undefined {
    this.#scope.leave();
    return waitingLines();
  }

  identify(identifyEvent: IdentifyEvent, event: unknown): void {
    const { logger, extraction } = this.#settings;
    try {
      const { context, headersField, replaced } = identifyEvent(event, this.#lambdaContext, extraction);
      this.#see(context);
      this.#headersField = headersField;
      // A replay of a durable execution has the event of before, of which that was said.
      if (replaced && this.#found === undefined && !isReplay(this.#lambdaContext)) {
        logger.warn('The incoming correlation id was not valid and has been replaced');
      }
    } catch {
      // An event that throws when it is read, or a logger that throws.
      if (this.#context === undefined) this.identifyAnew();
    }
  }

  identifyAnew(): void {
    const { header } = this.#settings;
    this.#see({
      correlationId: newCorrelationId(this.#lambdaContext),
      source: 'unknown',
      ...(header !== undefined && { header }),
    });
  }

  #see(context: CorrelationContext): void {
    this.#context = this.#withFound(context);
    this.#scope.set(this.#context);
  }

  #withFound(context: CorrelationContext): CorrelationContext {
    return this.#found === undefined ? context : { ...context, correlationId: this.#found };
  }
}

type IdentifyEvent = typeof identify;

/** Kept once it is loaded: another `import()` would take longer than all the rest of an invocation. */
let loadedIdentifyEvent: IdentifyEvent | undefined;

async function loadIdentifyEvent(): Promise<IdentifyEvent> {
  const { identifyEvent } = await import('../lazy/events.ts');
  loadedIdentifyEvent = identifyEvent;
  return identifyEvent;
}

function foundBy(
  find: (event: unknown) => unknown,
  event: unknown,
  logger: { warn(message: string): void },
): string | undefined {
  try {
    const found = find(event);
    return isCorrelationId(found) ? found : undefined;
  } catch {
    try {
      // Without its message, which may hold what the event holds.
      logger.warn('The function "find" of correlationId() threw; the id is looked for where events carry it');
    } catch {
      // A logger that throws changes nothing.
    }
    return undefined;
  }
}

/**
 * An HTTP answer with the id added, as a copy; anything else as it is, and so an answer that cannot be copied. A header that
 * is already there wins.
 */
function withHeader(
  response: unknown,
  header: string,
  id: string | undefined,
  form: HeadersField | undefined,
): unknown {
  if (form === undefined || id === undefined) return response;
  // CloudFront is also answered with the request that it is to go on with, which has no status.
  const status = form === 'cloudfront' ? 'status' : 'statusCode';
  try {
    if (typeof response !== 'object' || response === null || !Object.hasOwn(response, status)) {
      return response;
    }
    const { headers, multiValueHeaders } = response as Partial<Record<string, object | null>>;
    if (headers && hasMember(headers, header)) return response;
    if (multiValueHeaders && hasMember(multiValueHeaders, header)) return response;
    if (form === 'multiValueHeaders') {
      const carrying = copyWith(multiValueHeaders ?? {}, { [header]: [id] });
      return (carrying && copyWith(response, { multiValueHeaders: carrying })) ?? response;
    }
    const carrying = copyWith(
      headers ?? {},
      // CloudFront wants the names of its map in lower case.
      form === 'headers' ? { [header]: id } : { [header.toLowerCase()]: [{ key: header, value: id }] },
    );
    return (carrying && copyWith(response, { headers: carrying })) ?? response;
  } catch {
    // A getter or a proxy that throws: whoever sends the answer will see it too.
    return response;
  }
}

/** Whether an object has a member of this name, whatever its case. */
function hasMember(object: object, name: string): boolean {
  const names = Object.keys(object);
  for (let at = 0; at < names.length; at += 1) {
    // Most are told from it by their length alone.
    if (names[at]?.length === name.length && names[at]?.toLowerCase() === name.toLowerCase()) return true;
  }
  return false;
}
