import { describe, expect, it } from 'vitest';
import { escapeXml, textsIn } from '../../../local/http/xml.ts';
import { fc } from '../../helpers/fast-check.ts';

describe('a text in XML', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const document = `<List>${texts.map((text) => `<Item>${escapeXml(text)}</Item>`).join('')}</List>`;
        // What XML 1.0 cannot say has another character in its place.
        const sayable = texts.map((text) =>
          text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd'),
        );
        expect(textsIn(document, 'Item')).toEqual(sayable);
      }),
    );
  });

  it.each([
    ['a number in either base', '&#65;&#x42;&#X1f98A;', 'AB🦊'],
    ['no character at all', '&#1114112; &#xFFFFFFFF; &#99999999999999999999;', undefined],
    ['a name that nobody has given', '&copy; &constructor; &toString; &__proto__;', undefined],
    ['no reference', '& &; &# &#; &#x; &amp', undefined],
    ['escaped twice', '&amp;lt;', '&lt;'],
  ])('may hold a reference to %s', (_, written, read = written) => {
    expect(textsIn(`<Key>${written}</Key>`, 'Key')).toEqual([read]);
  });

  it.each([
    ['an empty element', '<Key/>', ['']],
    ['attributes', '<Key a="1">x</Key>', ['x']],
    ['a prefix', '<s3:Key>x</s3:Key>', ['x']],
    ['white space in tags', '<Key >x</Key\n>', ['x']],
    ['a longer name', '<Keys>x</Keys><KeyId>y</KeyId>', []],
  ])('is found in %s', (_, document, texts) => {
    expect(textsIn(document, 'Key')).toEqual(texts);
  });
});
