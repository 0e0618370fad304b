import { AwsApiError } from '../../http/aws-error.ts';
import type { JsonObject } from '../../json.ts';
import type { Settings } from './account.ts';
import { optionalObjects, requiredObjects, requiredText, requiredTexts } from '../../http/api-input.ts';
import { asText } from '../../json.ts';

/** AWS General Reference, "Tag naming limits and requirements". */
const MAX_TAGS = 50;

const SETTING = 'tags';

/** Tags of groups and sampling rules. */
export class Tags {
  readonly #settings: Settings;
  /** Whether there is a group or rule of an ARN. */
  readonly #exists: (arn: string) => boolean;
  readonly #tags: Map<string, Map<string, string>>;

  constructor(settings: Settings, exists: (arn: string) => boolean) {
    this.#settings = settings;
    this.#exists = exists;
    const kept = (settings.read(SETTING) as [string, [string, string][]][] | undefined) ?? [];
    this.#tags = new Map(kept.map(([arn, tags]) => [arn, new Map(tags)]));
  }

  list(input: JsonObject): object {
    const tags = this.#tags.get(this.#arnIn(input)) ?? [];
    return { Tags: Array.from(tags, ([Key, Value]) => ({ Key, Value })) };
  }

  tag(input: JsonObject): object {
    this.#add(this.#arnIn(input), readTags(requiredObjects(input, 'Tags')));
    return {};
  }

  untag(input: JsonObject): object {
    const tags = this.#tags.get(this.#arnIn(input));
    for (const key of requiredTexts(input, 'TagKeys')) tags?.delete(key);
    this.#write();
    return {};
  }

  /** Those that a group or rule is made with. */
  addFrom(input: JsonObject, arn: string): void {
    const tags = readTags(optionalObjects(input, 'Tags') ?? []);
    if (tags.size > 0) this.#add(arn, tags);
  }

  #add(arn: string, added: ReadonlyMap<string, string>): void {
    const tags = new Map([...(this.#tags.get(arn) ?? []), ...added]);
    if (tags.size > MAX_TAGS) {
      const message = `A resource has at most ${MAX_TAGS} tags; these would be ${tags.size}.`;
      throw new AwsApiError(400, 'TooManyTagsException', message);
    }
    this.#tags.set(arn, tags);
    this.#write();
  }

  #arnIn(input: JsonObject): string {
    const arn = requiredText(input, 'ResourceARN', 1011);
    if (this.#exists(arn)) return arn;
    const message = `There is no group and no sampling rule with the ARN ${arn}.`;
    throw new AwsApiError(404, 'ResourceNotFoundException', message);
  }

  #write(): void {
    // Of what was deleted the tags go too.
    const kept = [...this.#tags].filter(([arn]) => this.#exists(arn));
    this.#settings.write(
      SETTING,
      kept.map(([arn, tags]) => [arn, [...tags]]),
    );
  }
}

function readTags(tags: readonly JsonObject[]): Map<string, string> {
  return new Map(tags.map((tag) => [requiredText(tag, 'Key', 128), asText(tag['Value']) ?? '']));
}
