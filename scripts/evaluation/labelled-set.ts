import { readFile } from 'node:fs/promises';
import type { LabelledText, Span } from './labelled-text.ts';

/**
 * Reads a labelled set: a JSON array of `{ full_text, spans: [{ entity_type, start_position, end_position }] }`, with
 * positions in code points.
 *
 * @throws Error that says what was expected, when the file is missing or has another form.
 */
export async function readLabelledSet(file: string): Promise<LabelledText[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`The labelled set ${file} cannot be read: give the path of a JSON file`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The labelled set ${file} is not JSON`, { cause });
  }
  return parseLabelledSet(value, file);
}

/**
 * Checks the form of a labelled set.
 *
 * @param source named in errors.
 * @throws Error that says which entry is wrong, and how.
 */
export function parseLabelledSet(value: unknown, source: string): LabelledText[] {
  if (!Array.isArray(value)) {
    throw new Error(`The labelled set ${source} must be an array of { full_text, spans }`);
  }
  return value.map((entry: unknown, index) => {
    const { full_text: text, spans } = fields(entry);
    if (typeof text !== 'string' || !Array.isArray(spans)) {
      throw new Error(
        `Entry ${index} of the labelled set ${source} must have a string full_text and an array spans`,
      );
    }
    const points = Array.from(text);
    return {
      text,
      spans: spans.map((span: unknown) => parseSpan(span, points, `entry ${index} of ${source}`)),
    };
  });
}

function parseSpan(span: unknown, points: readonly string[], where: string): Span {
  const { entity_type: kind, start_position: start, end_position: end } = fields(span);
  const isPosition = (position: unknown): position is number =>
    typeof position === 'number' && Number.isInteger(position) && position >= 0 && position <= points.length;
  if (typeof kind !== 'string' || !isPosition(start) || !isPosition(end) || start > end) {
    throw new Error(
      `A span of ${where} must have a string entity_type, and start_position and end_position inside of the text`,
    );
  }
  const units = (position: number): number => points.slice(0, position).join('').length;
  return { kind, start: units(start), end: units(end) };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
