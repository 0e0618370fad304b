import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../json.ts';
import { present } from '../../json.ts';
import type { FilterExpression } from '../filter/expression.ts';
import type { Account, Settings } from './account.ts';
import { arnOf } from './account.ts';
import { readFilter } from './filter-input.ts';
import {
  invalidRequest,
  optionalBoolean,
  optionalObject,
  optionalText,
  requiredText,
} from '../../http/api-input.ts';

/** X-Ray's API Reference, `Group`. */
interface Group {
  readonly GroupName: string;
  readonly GroupARN: string;
  readonly FilterExpression?: string;
  readonly InsightsConfiguration: {
    readonly InsightsEnabled: boolean;
    readonly NotificationsEnabled: boolean;
  };
}

/** AWS General Reference, "X-Ray endpoints and quotas". */
const MAX_GROUPS = 25;

const MAX_NAME_LENGTH = 32;
const MAX_ARN_LENGTH = 400;

const SETTING = 'groups';

/** Every account has it, and every trace is in it. */
const DEFAULT_GROUP = 'Default';

/** Filter expressions that have a name. */
export class Groups {
  readonly #account: Account;
  readonly #settings: Settings;
  readonly #groups: Map<string, Group>;

  constructor(account: Account, settings: Settings) {
    this.#account = account;
    this.#settings = settings;
    const kept = (settings.read(SETTING) as Group[] | undefined) ?? [];
    this.#groups = new Map(kept.map((group) => [group.GroupName, group]));
  }

  list(): object {
    return { Groups: [...this.#groups.values()] };
  }

  get(input: JsonObject): object {
    return { Group: this.#find(input) };
  }

  create(input: JsonObject): object {
    const name = requiredText(input, 'GroupName', MAX_NAME_LENGTH);
    if (this.#groups.has(name)) throw invalidRequest(`There is a group ${name} already; update that one.`);
    if (this.#groups.size >= MAX_GROUPS) {
      throw invalidRequest(
        `There are ${MAX_GROUPS} groups already, and there may not be more; delete one first.`,
      );
    }
    readFilter(input);
    const id = randomBytes(16).toString('hex').toUpperCase();
    return this.#keep(
      present<Group>({
        GroupName: name,
        GroupARN: arnOf(this.#account, `group/${name}/${id}`),
        FilterExpression: optionalText(input, 'FilterExpression'),
        InsightsConfiguration: insightsIn(input),
      }),
    );
  }

  update(input: JsonObject): object {
    const group = this.#find(input);
    readFilter(input);
    const isInsightsGiven = optionalObject(input, 'InsightsConfiguration') !== undefined;
    return this.#keep(
      present<Group>({
        ...group,
        FilterExpression: optionalText(input, 'FilterExpression') ?? group.FilterExpression,
        InsightsConfiguration: isInsightsGiven ? insightsIn(input) : group.InsightsConfiguration,
      }),
    );
  }

  delete(input: JsonObject): object {
    this.#groups.delete(this.#find(input).GroupName);
    this.#write();
    return {};
  }

  has(arn: string): boolean {
    return Array.from(this.#groups.values()).some(({ GroupARN }) => GroupARN === arn);
  }

  /** The filter of the group that a graph is asked for; undefined where none is named, which means everything. */
  filterOf(input: JsonObject): FilterExpression | undefined {
    const [name, arn] = [optionalText(input, 'GroupName'), optionalText(input, 'GroupARN')];
    const isDefault = name === DEFAULT_GROUP && !this.#groups.has(name);
    if (isDefault || (name === undefined && arn === undefined)) return undefined;
    return readFilter({ ...this.#find(input) });
  }

  /** What a filter expression means by a group's name or ARN. */
  filterNamed(nameOrArn: string): FilterExpression | undefined {
    const group = [...this.#groups.values()].find(
      ({ GroupName, GroupARN }) => GroupName === nameOrArn || GroupARN === nameOrArn,
    );
    return group && readFilter({ ...group });
  }

  #find(input: JsonObject): Group {
    const name = optionalText(input, 'GroupName', MAX_NAME_LENGTH);
    const arn = optionalText(input, 'GroupARN', MAX_ARN_LENGTH);
    if (name === undefined && arn === undefined) {
      throw invalidRequest('A group is named by GroupName or GroupARN; got neither.');
    }
    const found = [...this.#groups.values()].find(
      ({ GroupName, GroupARN }) =>
        (name === undefined || GroupName === name) && (arn === undefined || GroupARN === arn),
    );
    if (found === undefined) throw invalidRequest(`There is no group ${name ?? arn ?? ''}.`);
    return found;
  }

  #keep(group: Group): object {
    this.#groups.set(group.GroupName, group);
    this.#write();
    return { Group: group };
  }

  #write(): void {
    this.#settings.write(SETTING, [...this.#groups.values()]);
  }
}

function insightsIn(input: JsonObject): Group['InsightsConfiguration'] {
  const insights = optionalObject(input, 'InsightsConfiguration') ?? {};
  return {
    InsightsEnabled: optionalBoolean(insights, 'InsightsEnabled') ?? false,
    NotificationsEnabled: optionalBoolean(insights, 'NotificationsEnabled') ?? false,
  };
}
