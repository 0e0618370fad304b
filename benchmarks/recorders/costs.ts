/** What something cost: times in nanoseconds, memory in bytes. */
export interface Cost {
  /** User and system. */
  readonly cpu: number;
  readonly wall: number;
  /** What the process held afterwards (RSS). */
  readonly memory: number;
}
