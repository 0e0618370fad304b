/**
 * The value of an environment variable that the function cannot work without. Read when the module loads, so that a
 * wrong deployment fails at its first start and says why.
 *
 * @throws Error that names the variable.
 */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `The environment variable ${name} is not set; serverless.yml sets it for the functions that need it.`,
    );
  }
  return value;
}
