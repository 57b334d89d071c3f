import { describe, expect, it } from 'vitest';
import { onlyOnThisComputer } from '../src/invitations/address';

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
