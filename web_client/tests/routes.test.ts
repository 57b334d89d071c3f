import { describe, expect, it } from 'vitest';
import { checkPath, joinPath, parseRoute, pastedPath } from '../src/navigation/routes';

const TOKEN = 'abcdefghijklmnop_-0123';

describe('addresses', () => {
  it('knows the pages', () => {
    expect(parseRoute('/', '')).toEqual({ page: 'home' });
    expect(parseRoute('/start', `#${TOKEN}`)).toEqual({ page: 'start', token: TOKEN });
    expect(parseRoute('/join', `#${TOKEN}`)).toEqual({
      page: 'join',
      invitation: TOKEN,
    });
    expect(parseRoute('/room/abc', '')).toEqual({ page: 'room', room: 'abc' });
  });

  it.each([
    ['/join', ''],
    ['/join', '#short'],
    ['/start', '#with space and more than that'],
    ['/room/a%2Fb', ''],
    ['/room/a/b', ''],
    ['/elsewhere', ''],
  ])('leads nowhere: %s%s', (path, hash) => {
    expect(parseRoute(path, hash)).toEqual({ page: 'unknown' });
  });
});

describe('the test before a conference', () => {
  it.each([
    ['/check', '', null],
    ['/check', '#short', null],
    ['/check', `#${TOKEN}`, { invitation: TOKEN }],
    ['/check/abc', '', { room: 'abc' }],
  ])('is at %s%s', (path, hash, entry) => {
    expect(parseRoute(path, hash)).toEqual({ page: 'check', entry });
    if (entry) expect(checkPath(entry)).toBe(path + hash);
  });

  it('leads back to the join page that it was opened from', () => {
    expect(joinPath({ invitation: TOKEN })).toBe(`/join#${TOKEN}`);
    expect(joinPath({ room: 'abc' })).toBe('/room/abc');
    expect(joinPath({})).toBeNull();
    expect(checkPath(null)).toBe('/check');
  });
});

describe('pasted links', () => {
  const origin = 'https://pavilion.test:8443';

  it('accepts an invitation of this site', () => {
    expect(pastedPath(` ${origin}/join#${TOKEN} `, origin)).toBe(`/join#${TOKEN}`);
  });

  it.each([
    `https://elsewhere.test/join#${TOKEN}`,
    `javascript:alert(1)//join#${TOKEN}`,
    'not a link at all',
    '',
    `${origin}/`,
  ])('refuses %j', (text) => {
    expect(pastedPath(text, origin)).toBeNull();
  });
});
