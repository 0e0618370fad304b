/**
 * What a client of AWS says went wrong, for people.
 *
 * @param who did not answer, where nobody did, for example `AWS`
 * @param variables that say where it is asked, besides `AWS_ENDPOINT_URL`
 */
export function clientErrorText(error: unknown, who: string, variables: readonly string[]): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ECONNREFUSED') {
    const names = new Intl.ListFormat('en-GB').format(['AWS_ENDPOINT_URL', ...variables]);
    return `${who} does not answer (${error.message}). Look at ${names}.`;
  }
  if (error.name === 'CredentialsProviderError')
    return `there are no credentials (${error.message}). Give --aws-profile, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
