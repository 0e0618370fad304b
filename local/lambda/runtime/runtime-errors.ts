/** The errors that Lambda's runtime for Node.js itself raises, by the names it gives them, and how errors are sent. */

abstract class RuntimeError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = `Runtime.${name}`;
  }
}

/** The handler's module, or one that it imports, cannot be found. */
export class ImportModuleError extends RuntimeError {
  constructor(message: string, cause?: unknown) {
    super('ImportModuleError', message, { cause });
    if (cause instanceof Error && cause.stack !== undefined) this.stack = cause.stack;
  }
}

export class UserCodeSyntaxError extends RuntimeError {
  constructor(cause: SyntaxError) {
    super('UserCodeSyntaxError', String(cause), { cause });
    if (cause.stack !== undefined) this.stack = cause.stack;
  }
}

export class HandlerNotFound extends RuntimeError {
  constructor(message: string) {
    super('HandlerNotFound', message);
  }
}

export class MalformedHandlerName extends RuntimeError {
  constructor(message: string) {
    super('MalformedHandlerName', message);
  }
}

export class MalformedStreamingHandler extends RuntimeError {
  constructor() {
    super('MalformedStreamingHandler', 'Only response streaming is supported.');
  }
}

export class InvalidStreamingOperation extends RuntimeError {
  constructor(message: string) {
    super('InvalidStreamingOperation', message);
  }
}

/** From Node.js 24 on a handler takes an event and a context, and no callback. */
export class CallbackHandlerDeprecated extends RuntimeError {
  constructor(runtime: string) {
    super(
      'CallbackHandlerDeprecated',
      `The handler takes a callback as its third parameter, which the runtime ${runtime} does not support. ` +
        'Make it an async function of event and context, and return the result.',
    );
  }
}

export class JSONStringifyError extends RuntimeError {
  constructor() {
    super('JSONStringifyError', 'Unable to stringify response body');
  }
}

export class UnhandledPromiseRejection extends RuntimeError {
  constructor(reason: unknown) {
    super('UnhandledPromiseRejection', String(reason), { cause: reason });
    if (reason instanceof Error && reason.stack !== undefined) this.stack = reason.stack;
  }
}

/** An error as the Runtime API takes it: Lambda's error object, and the type once more for a header. */
export function serialiseError(error: unknown): { readonly errorType: string; readonly json: string } {
  const { errorType, errorMessage, trace } = describeError(error);
  // A header holds visible ASCII only; the whole type is in the JSON.
  const header = errorType.replace(/[^\x20-\x7e]/g, '?');
  return { errorType: header, json: JSON.stringify({ errorType, errorMessage, trace }) };
}

function describeError(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  try {
    if (error instanceof Error) {
      const stack = typeof error.stack === 'string' ? error.stack.split('\n') : [];
      return { errorType: error.name, errorMessage: error.message, trace: stack };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch (reason) {
    const errorMessage = `The function threw something that cannot be described: ${String(reason)}`;
    return { errorType: 'handled', errorMessage, trace: [] };
  }
}
