/** Uploads by forms of a page: what is in the form, and whether its policy lets it in. */
import { asText, isObject, parseObject } from '../json.ts';
import { S3Error } from './s3-error.ts';

export interface PostForm {
  readonly key: string;
  readonly file: Buffer;
  /** Names in lower case, as headers have them. */
  readonly fields: Readonly<Record<string, string>>;
}

/** @throws S3Error for a form that cannot be read, or that its policy refuses. Signatures are not checked. */
export async function readPostForm(contentType: string, body: Buffer, bucket: string): Promise<PostForm> {
  if (!/^multipart\/form-data\b/i.test(contentType))
    throw new S3Error(
      412,
      'PreconditionFailed',
      `Bucket POST must be of the enclosure-type multipart/form-data; got ${contentType || 'no type'}`,
    );
  let form: FormData;
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- meant for bodies that are still coming; this one is whole
    form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new S3Error(
      400,
      'MalformedPOSTRequest',
      'The body of your POST request is not well-formed multipart/form-data.',
    );
  }
  const fields: Record<string, string> = {};
  let file: Buffer | undefined;
  let fileName = '';
  // What stands after the file does not count.
  for (const [name, value] of form) {
    if (name.toLowerCase() === 'file') {
      file = typeof value === 'string' ? Buffer.from(value) : Buffer.from(await value.arrayBuffer());
      fileName = typeof value === 'string' ? '' : (value.name.split(/[\\/]/).at(-1) ?? '');
      break;
    }
    if (typeof value === 'string') fields[name.toLowerCase()] = value;
  }
  if (file === undefined)
    throw new S3Error(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
  const key = (fields.key ?? '').replaceAll('${filename}', () => fileName);
  if (key === '')
    throw new S3Error(
      400,
      'InvalidArgument',
      "Bucket POST must contain a field named 'key', before the file.",
    );
  if (fields.policy !== undefined) checkPolicy(fields.policy, { ...fields, key, bucket }, file.length);
  return { key, file, fields };
}

function checkPolicy(encoded: string, fields: Readonly<Record<string, string>>, size: number): void {
  const policy = parseObject(Buffer.from(encoded, 'base64').toString());
  const conditions = policy?.conditions;
  if (policy === undefined || !Array.isArray(conditions))
    throw new S3Error(400, 'InvalidPolicyDocument', 'The policy is no JSON with expiration and conditions.');
  if (Date.now() > Date.parse(asText(policy.expiration) ?? '')) throw denied('Policy expired.');
  for (const condition of conditions) {
    if (Array.isArray(condition)) checkCondition(condition, fields, size);
    else if (isObject(condition)) {
      for (const [name, value] of Object.entries(condition))
        checkCondition(['eq', `$${name}`, value], fields, size);
    }
  }
}

function checkCondition(
  condition: readonly unknown[],
  fields: Readonly<Record<string, string>>,
  size: number,
): void {
  const [operator, name, value] = condition;
  if (String(operator).toLowerCase() === 'content-length-range') {
    if (size < Number(name))
      throw new S3Error(
        400,
        'EntityTooSmall',
        `Your proposed upload of ${size} bytes is smaller than ${String(name)}`,
      );
    if (size > Number(value))
      throw new S3Error(
        400,
        'EntityTooLarge',
        `Your proposed upload of ${size} bytes exceeds ${String(value)}`,
      );
    return;
  }
  const field = fields[String(name).replace(/^\$/, '').toLowerCase()] ?? '';
  const holds =
    String(operator).toLowerCase() === 'starts-with'
      ? field.startsWith(String(value))
      : field === String(value);
  if (!holds)
    throw denied(`Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`);
}

function denied(message: string): S3Error {
  return new S3Error(403, 'AccessDenied', message);
}
