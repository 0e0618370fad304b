import { messageOf } from '../../local/message-of.ts';
import { contract } from '../contract/contract.ts';
import type { Subject } from '../contract/subject.ts';
import { receiveDocuments } from '../helpers/document-receiver.ts';

/*
 * Holds one subject against one check, in a process of its own: what one check leaves behind must not spoil the next.
 * Arguments: the subject's module, its export, and the check's place in the contract. Exits with 1 when it is not kept.
 */
const [module = '', name = '', index = ''] = process.argv.slice(2);
const check = contract[Number(index)];
if (check === undefined) throw new Error(`There is no check number ${index}`);

const daemon = await receiveDocuments();
process.env.AWS_XRAY_DAEMON_ADDRESS = daemon.address;
const subject = ((await import(module)) as Record<string, Subject>)[name];
if (subject === undefined) throw new Error(`${module} exports no ${name}`);
try {
  await check.run({ subject, daemon });
  process.exit(0);
} catch (error) {
  console.log(messageOf(error));
  process.exit(1);
}
