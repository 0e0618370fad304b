/**
 * A variable that the plugin sets for a function that it wires. Read when the module loads, so that a function that was not wired
 * fails at its first start and says why.
 *
 * @param setting of `serverless.yml` that has the plugin wire it
 * @throws Error that names the variable and the setting
 */
export function requiredVariable(name: string, setting: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(
    `The environment variable ${name} is not set: name this function in ${setting} of serverless.yml, and the plugin sets it.`,
  );
}
