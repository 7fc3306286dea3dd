import type { Faults } from "../faults";
import { newId } from "../ids";
import type { Emitted } from "../money/draft";
import type { Delivery } from "../state/model";

/**
 * How the events of one moment set out: at once, unless a wave or a fault says otherwise. What belongs to a wave
 * waits until everything of the wave before was attempted once, whatever came of it.
 */
export function planDeliveries(
  emitted: readonly Emitted[],
  faults: Faults["events"],
  now: number,
): Delivery[] {
  const waves = new Map<number, Emitted[]>();
  for (const [index, one] of emitted.entries()) {
    const wave = faults.reorder ? emitted.length - index : one.wave;
    waves.set(wave, [...(waves.get(wave) ?? []), one]);
  }
  const deliveries: Delivery[] = [];
  let before: string[] = [];
  for (const [, wave] of [...waves].sort(([left], [right]) => left - right)) {
    const planned = wave.flatMap(({ event, copies }) =>
      Array.from(
        { length: copies * faults.copies },
        (): Delivery => ({
          id: newId("del"),
          eventId: event.id,
          state: faults.drop ? "dropped" : "waiting",
          dueAt: now + faults.delayMs,
          after: before,
          attempts: [],
        }),
      ),
    );
    deliveries.push(...planned);
    before = planned.map(({ id }) => id);
  }
  return deliveries;
}
