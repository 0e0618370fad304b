/** What code of the running invocation can ask about it without being given a context: the global `awslambda.InvokeStore`. */

/** Libraries know these keys by their descriptions. */
const PROTECTED_KEYS = {
  REQUEST_ID: Symbol.for('_AWS_LAMBDA_REQUEST_ID'),
  X_RAY_TRACE_ID: Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID'),
  TENANT_ID: Symbol.for('_AWS_LAMBDA_TENANT_ID'),
} as const;

type InvokeContext = Record<string | symbol, unknown>;

export class InvokeStore {
  /** Of the last invocation, also after its end: so that a late line of its log names it. */
  #context: InvokeContext | undefined;

  static contextOf(invocation: {
    readonly requestId: string;
    readonly traceHeader?: string | undefined;
    readonly tenantId?: string | undefined;
  }): InvokeContext {
    return {
      [PROTECTED_KEYS.REQUEST_ID]: invocation.requestId,
      [PROTECTED_KEYS.X_RAY_TRACE_ID]: invocation.traceHeader,
      ...(invocation.tenantId !== undefined && { [PROTECTED_KEYS.TENANT_ID]: invocation.tenantId }),
    };
  }

  run<Result>(context: InvokeContext, fn: () => Result): Result {
    this.#context = context;
    return fn();
  }

  getContext(): InvokeContext | undefined {
    return this.#context;
  }

  hasContext(): boolean {
    return this.#context !== undefined;
  }

  get(key: string | symbol): unknown {
    return this.#context?.[key];
  }

  /** @throws Error for a key that the runtime sets. */
  set(key: string | symbol, value: unknown): void {
    if (this.isProtectedKey(key))
      throw new Error(`${String(key)} is set by the runtime and cannot be changed: choose another key.`);
    this.#context ??= {};
    this.#context[key] = value;
  }

  isProtectedKey(key: string | symbol): boolean {
    return Object.values<unknown>(PROTECTED_KEYS).includes(key);
  }

  /** `-` outside invocations. */
  getRequestId(): string {
    return (this.get(PROTECTED_KEYS.REQUEST_ID) as string | undefined) ?? '-';
  }

  getXRayTraceId(): string | undefined {
    return this.get(PROTECTED_KEYS.X_RAY_TRACE_ID) as string | undefined;
  }

  getTenantId(): string | undefined {
    return this.get(PROTECTED_KEYS.TENANT_ID) as string | undefined;
  }
}
