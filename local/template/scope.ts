/**
 * What an intrinsic function may look up. Every `path` is where in the template the question was asked,
 * for example `Resources.Orders.Properties.QueueName`: errors and warnings begin with it.
 */
export interface Scope {
  readonly region: string;
  /** `Ref`: a pseudo parameter, a parameter, or a resource; undefined for `AWS::NoValue`. */
  reference(name: string, path: string): unknown;
  /** `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string, path: string): unknown;
  /** Whether the condition of that name holds. */
  condition(name: string, path: string): boolean;
  /** `Fn::FindInMap`, unresolved; undefined where the mapping has no such keys. */
  mapping(mapName: string, topLevelKey: string, secondLevelKey: string): unknown;
  /** Something that will differ from AWS, in a sentence. */
  warn(message: string): void;
}

/** Stands where a value is known to AWS only, so that it is recognised wherever it turns up. */
export const unresolved = (what: string): string => `lantern-unresolved:${what}`;
