import type { Subsegment } from '../../local/xray/document.ts';

/** The one document of that name. */
export function only(documents: readonly unknown[], name: string): Subsegment & { parent_id: string } {
  const found = (documents as Array<Subsegment & { parent_id: string }>).filter((each) => each.name === name);
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`Expected one document named ${name}, got ${found.length}: ${JSON.stringify(documents)}`);
  }
  return found[0];
}
