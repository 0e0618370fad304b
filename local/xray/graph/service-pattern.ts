/** What the API calls a ServiceId: a node of the service graph. */
export interface ServiceId {
  readonly name: string;
  /** For example `AWS::Lambda::Function`, `remote` or `client`. Undefined where the segment has no origin. */
  readonly type?: string;
  readonly accountId?: string;
}

/** Which services are meant; what is not given matches any. */
export interface ServicePattern {
  readonly name?: string;
  readonly type?: string;
  readonly accountId?: string;
}

/** @param names further names that the service is known by. */
export function matchesService(
  pattern: ServicePattern | undefined,
  service: ServiceId,
  names: readonly string[] = [],
): boolean {
  if (pattern === undefined) return true;
  const { name, type, accountId } = pattern;
  return (
    (name === undefined || name === service.name || names.includes(name)) &&
    (type === undefined || type === service.type) &&
    (accountId === undefined || accountId === service.accountId)
  );
}
