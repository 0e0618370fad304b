/** A file of traces: their documents, as they arrived. */
export interface TraceFile {
  readonly documents: readonly object[];
}

/** What became of a file of traces. */
export interface Imported {
  /** Each once, in the order of the file. */
  readonly traceIds: readonly string[];
  /** Documents that were kept. */
  readonly kept: number;
  /** And those that were not, by why; parts of documents that were left out are counted among them. */
  readonly refused: Readonly<Record<string, number>>;
}
