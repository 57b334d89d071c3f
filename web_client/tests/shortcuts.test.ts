import { describe, expect, it } from 'vitest';
import { matchShortcut, SHORTCUTS, takesKey } from '../src/room/seat/shortcuts';

const press = (key: string, code: string, change = {}) =>
  matchShortcut({
    key,
    code,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    isComposing: false,
    ...change,
  })?.name ?? null;

describe('shortcuts', () => {
  it('has no key for two actions', () => {
    const keys = SHORTCUTS.flatMap((s) => s.keys.map((k) => k.key));
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(SHORTCUTS.map((s) => s.name)).size).toBe(SHORTCUTS.length);
  });

  it('reads letters in either case', () => {
    expect(press('m', 'KeyM')).toBe('microphone');
    expect(press('M', 'KeyM')).toBe('microphone');
    expect(press('v', 'KeyV')).toBe('camera');
    expect(press(' ', 'Space')).toBe('talk');
    expect(press('?', 'Slash')).toBe('help');
  });

  it('has a second key where people expect another', () => {
    expect(press('g', 'KeyG')).toBe('layout');
    expect(press('w', 'KeyW')).toBe('layout');
    expect(press('ArrowRight', 'ArrowRight')).toBe('next-page');
    expect(press('PageDown', 'PageDown')).toBe('next-page');
    expect(press('ArrowLeft', 'ArrowLeft')).toBe('previous-page');
    expect(press('f', 'KeyF')).toBe('full');
  });

  it('finds M by its position while a Korean input method is on', () => {
    expect(press('ㅡ', 'KeyM')).toBe('microphone');
    expect(press('Process', 'KeyV')).toBe('camera');
  });

  it('follows the letter on layouts that move it', () => {
    expect(press('m', 'Semicolon')).toBe('microphone');
    expect(press(',', 'KeyM')).toBeNull();
  });

  it("does not take the browser's own shortcuts", () => {
    expect(press('r', 'KeyR', { ctrlKey: true })).toBeNull();
    expect(press('c', 'KeyC', { metaKey: true })).toBeNull();
    expect(press('m', 'KeyM', { isComposing: true })).toBeNull();
  });
});

describe('where a key is a shortcut', () => {
  const nowhere = {
    writing: false,
    pressable: false,
    microphone: false,
    byPointer: false,
  };
  const button = { ...nowhere, pressable: true };
  const microphone = { ...button, microphone: true };

  it('takes no key from a text field', () => {
    expect(takesKey(true, { ...nowhere, writing: true })).toBe(false);
    expect(takesKey(false, { ...nowhere, writing: true })).toBe(false);
  });

  it('talks with Space if nothing has the focus', () => {
    expect(takesKey(true, nowhere)).toBe(true);
  });

  it('never lets Space press the microphone button', () => {
    expect(takesKey(true, microphone)).toBe(true);
    expect(takesKey(true, { ...microphone, byPointer: true })).toBe(true);
  });

  it('talks with Space after a click on another button', () => {
    expect(takesKey(true, { ...button, byPointer: true })).toBe(true);
  });

  it('lets Space press a button that was reached by the keyboard', () => {
    expect(takesKey(true, button)).toBe(false);
  });

  it('takes letters while any button has the focus', () => {
    expect(takesKey(false, button)).toBe(true);
    expect(takesKey(false, { ...button, byPointer: true })).toBe(true);
  });
});
