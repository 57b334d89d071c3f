import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onlyOnThisComputer } from '../src/invitations/address';
import { limitFrom, MOST_PEOPLE } from '../src/invitations/limit';

describe('a link that does not work on another computer', () => {
  it.each([
    ['https://127.0.0.1:8443/join#x', true],
    ['https://127.1.2.3/join#x', true],
    ['https://localhost:8443/join#x', true],
    ['https://pavilion.localhost/join#x', true],
    ['https://[::1]:8443/join#x', true],
    ['https://conference.example.lan:8443/join#x', false],
    ['https://10.0.0.1:8443/join#x', false],
    ['https://localhost.example.lan/join#x', false],
    ['no address', false],
  ])('%s: %s', (url, only) => {
    expect(onlyOnThisComputer(url)).toBe(only);
  });
});

describe('the greatest number of people by one link', () => {
  it.each([
    ['', null],
    ['  ', null],
    ['1', 1],
    [' 30 ', 30],
    ['100000', 100_000],
    ['0', 'invalid'],
    ['-5', 'invalid'],
    ['5.5', 'invalid'],
    ['1e3', 'invalid'],
    ['ten', 'invalid'],
    ['100001', 'invalid'],
    ['99999999999', 'invalid'],
  ])('%j: %j', (entered, limit) => {
    expect(limitFrom(entered)).toBe(limit);
  });

  it('is what the server accepts', () => {
    const file = join(import.meta.dirname, '../../signaling/protocol/schema.json');
    const schema = JSON.parse(readFileSync(file, 'utf8'));
    const field = schema.$defs.InvitationCreate.properties.most_people;
    expect(field.anyOf[0]).toMatchObject({ minimum: 1, maximum: MOST_PEOPLE });
  });
});
