import { consoleOf, joinTexts } from '../alarms/console-links.ts';
import type { Expression } from '../../local/template/index.ts';

/** A page of CloudWatch in the console. */
export function cloudWatchLink(region: string, fragment: Expression): Expression {
  return joinTexts(`${consoleOf(region)}/cloudwatch/home?region=${region}`, fragment);
}

/** A link in Markdown. */
export function markdownLink(text: string, target: Expression): Expression {
  return joinTexts(`[${text}](`, target, ')');
}
