/* The controls when the floor is given and taken back. */
import { signal } from '@preact/signals';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RoomView } from '../src/state/room';
import { view } from './support';

vi.mock('../src/devices/watch', () => ({ watchOwnDevices: () => () => undefined }));
vi.mock('../src/room/seat/full_view', () => ({ FullView: vi.fn() }));
const { Controls } = await import('../src/room/seat/controls');

const SPEECH = 0.8; // of the level's scale of 0 to 1
const LONGER_THAN_A_COUGH_MS = 1000;
const listener = view({ role: 'researcher', capabilities: ['room.watch'] });
const speaker = view({
  role: 'researcher',
  capabilities: ['room.watch', 'media.publish'],
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function controlsOf(first: RoomView) {
  const shown = signal<RoomView | null>(first);
  const level = signal(0);
  const seat = {
    view: shown,
    local: { microphoneOn: signal(false), level },
    chat: { open: signal(false) },
  } as unknown as ConstructorParameters<typeof Controls>[0];
  const controls = new Controls(seat, () => Promise.reject(new Error('not used')));
  const speak = (): void => {
    level.value = SPEECH;
    vi.advanceTimersByTime(LONGER_THAN_A_COUGH_MS);
    level.value = SPEECH + 0.01;
  };
  return { controls, shown, speak };
}

it('remind of the muted microphone only a user who may publish', () => {
  const may = controlsOf(speaker);
  may.speak();
  expect(may.controls.mutedSpeech.value).toBe(1);
  const mayNot = controlsOf(listener);
  mayNot.speak();
  expect(mayNot.controls.mutedSpeech.value).toBe(0);
});

it('close the menu for sharing when the floor is taken back', () => {
  const { controls, shown } = controlsOf(speaker);
  controls.shareMenu.value = true;
  shown.value = view({ capabilities: ['room.watch', 'media.publish'] });
  expect(controls.shareMenu.value).toBe(true);
  shown.value = listener;
  expect(controls.shareMenu.value).toBe(false);
});
