/* The small window must not outlive the room. */
import { signal } from '@preact/signals';
import { expect, it, vi } from 'vitest';

vi.mock('../src/devices/watch', () => ({ watchOwnDevices: () => () => undefined }));
vi.mock('../src/room/seat/full_view', () => ({
  FullView: class {
    leave = (): void => undefined;
  },
}));
const { Controls } = await import('../src/room/seat/controls');

it('closes the small window at once if the user left while it was loading', async () => {
  const floats = vi.fn();
  const seat = {
    local: { microphoneOn: signal(true), level: signal(0) },
    view: signal(null),
    chat: { open: signal(false) },
    viewing: { floats },
  } as unknown as ConstructorParameters<typeof Controls>[0];
  const close = vi.fn();
  let loaded: (closer: () => void) => void = () => undefined;
  const controls = new Controls(
    seat,
    () => new Promise((resolve) => (loaded = resolve)),
  );
  const opening = controls.toggleFloating();
  controls.stopShowing();
  loaded(close);
  await opening;
  expect(close).toHaveBeenCalledTimes(1);
  expect(controls.floating.value).toBe(false);
  expect(floats).not.toHaveBeenCalledWith(true);
});
