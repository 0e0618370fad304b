import { TraceStore } from '../../../../local/xray/trace-store.ts';
import { segment, subsegment, traceId } from '../fixtures.ts';

/*
 * Puts traces into the file that is named first, and says the number and the time of each, until it is killed. Each has
 * two documents, so that a file can be told in which only one of them arrived.
 */
const [, , file = ''] = process.argv;
const store = new TraceStore({ file, onNotice: (text) => process.stderr.write(`${text}\n`) });
let number = 0;
setInterval(() => {
  for (let each = 0; each < 20; each += 1) {
    number += 1;
    store.put(segment(1, { trace_id: traceId(number), annotations: { number } }));
    store.put({ ...subsegment(2, 1), trace_id: traceId(number) });
  }
  process.stdout.write(`${number} ${Date.now()}\n`);
}, 5);
