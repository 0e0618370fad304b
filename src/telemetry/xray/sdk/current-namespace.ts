/** The part of the SDK's namespace (cls-hooked) that it keeps the current entity in. */
export interface Namespace {
  /** The context of the running code; each inherits from the one around it. */
  readonly active: object | null;
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
}

/**
 * The namespace that the X-Ray SDK keeps in this process (cls-hooked registers them there). There is none where no copy of the SDK
 * has been loaded, and none in the SDK's manual mode.
 */
export function currentNamespace(): Namespace | undefined {
  const { namespaces } = process as { namespaces?: { AWSXRay?: Namespace | null } };
  return namespaces?.AWSXRay ?? undefined;
}
