const inArn = /(?:^|:)function:([^:/]+)/;

/**
 * The name of the function that a reference means: a name, an ARN, either with a version or alias behind it, or
 * the `.../functions/<arn>/invocations` of an API. Locally every version and alias is the same code.
 */
export const functionNameOf = (reference: string): string =>
  inArn.exec(reference)?.[1] ?? reference.replace(/:.*$/, '');
