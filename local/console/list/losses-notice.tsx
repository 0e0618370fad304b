import type { Losses } from '../../xray/trace.ts';
import { lossesText } from './losses-text.ts';

export interface LossesNoticeProps {
  readonly losses: Losses;
}

/** Says what was not kept; nothing when nothing was lost. Not announced: under load it changes all the time. */
export function LossesNotice({ losses }: LossesNoticeProps) {
  const text = lossesText(losses);
  return text === undefined ? null : <p class="notice warning">{text}</p>;
}
