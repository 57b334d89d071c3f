import { describe, expect, it } from 'vitest';
import { continues, mayBeLong, pieces } from '../src/state/chat_text';
import { message } from './support';

const ORIGIN = 'https://conference.example.lan:8443';
const read = (text: string): string[][] =>
  pieces(text, ORIGIN).map((piece) => [piece.kind, piece.text]);

describe('addresses in the chat', () => {
  it('are links within this site and text elsewhere', () => {
    expect(
      read(`Test it: ${ORIGIN}/check, or see http://files.example.lan/a?b=1.`),
    ).toEqual([
      ['text', 'Test it: '],
      ['link', `${ORIGIN}/check`],
      ['text', ', or see '],
      ['address', 'http://files.example.lan/a?b=1'],
      ['text', '.'],
    ]);
  });

  it('never lead to another site, whatever they look like', () => {
    expect(pieces(`${ORIGIN}/join#abc`, ORIGIN)).toEqual([
      { kind: 'link', text: `${ORIGIN}/join#abc`, href: `${ORIGIN}/join#abc` },
    ]);
    expect(pieces(`${ORIGIN}//evil.example/`, ORIGIN)).toEqual([
      {
        kind: 'link',
        text: `${ORIGIN}//evil.example/`,
        href: `${ORIGIN}//evil.example/`,
      },
    ]);
    expect(read('https://conference.example.lan.evil.example/x')[0]?.[0]).toBe(
      'address',
    );
    expect(read('https://conference.example.lan:8443@evil.example/')[0]?.[0]).toBe(
      'address',
    );
    expect(read('javascript:alert(1)')).toEqual([['text', 'javascript:alert(1)']]);
  });

  it('keep every character of the text', () => {
    for (const text of [
      '',
      'a',
      'https://',
      'https://[',
      '(https://a.b)c',
      '주소는 http://a.b 입니다',
    ]) {
      expect(
        pieces(text, ORIGIN)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }
  });
});

describe('consecutive messages of one author', () => {
  it('share a heading for five minutes', () => {
    const first = message(1, { sent_at: 1000 });
    expect(continues(undefined, first)).toBe(false);
    expect(continues(first, message(2, { sent_at: 1299 }))).toBe(true);
    expect(continues(first, message(2, { sent_at: 1300 }))).toBe(false);
    expect(continues(first, message(2, { sent_at: 1001, participant: 'b' }))).toBe(
      false,
    );
  });
});

describe('a text that may be long', () => {
  it.each([
    ['a word', 'word', false],
    ['as much as twelve narrow lines hold', '가'.repeat(12 * 18), false],
    ['one character more', '가'.repeat(12 * 18 + 1), true],
    ['twelve short lines', Array(12).fill('x').join('\n'), false],
    ['thirteen lines, of which most are empty', 'x' + '\n'.repeat(12), true],
  ])('%s', (_, text, long) => {
    expect(mayBeLong(text)).toBe(long);
  });
});
