/** What to show of something that was thrown: its message, or the thing itself as a text where it is no error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
