import type { Faults } from "../faults";
import { newId } from "../ids";
import type { EmittedEvent } from "../money/draft";
import type { Delivery } from "../state/model";

/**
 * How the events of one moment set out: at once, unless a wave or a fault says otherwise. What belongs to a wave
 * waits until everything of the wave before was attempted once, whatever came of it.
 */
export function planDeliveries(
  emitted: readonly EmittedEvent[],
  faults: Faults["events"],
  now: number,
): Delivery[] {
  const waves = new Map<number, EmittedEvent[]>();
  for (const [index, item] of emitted.entries()) {
    const wave = faults.reorder ? emitted.length - index : item.wave;
    waves.set(wave, [...(waves.get(wave) ?? []), item]);
  }
  const deliveries: Delivery[] = [];
  let previousWave: string[] = [];
  for (const [, wave] of [...waves].sort(([left], [right]) => left - right)) {
    const planned = wave.flatMap(({ event, copies }) =>
      Array.from(
        { length: copies * faults.copies },
        (): Delivery => ({
          id: newId("del"),
          eventId: event.id,
          state: faults.drop ? "dropped" : "waiting",
          dueAt: now + faults.delayMs,
          after: previousWave,
          attempts: [],
        }),
      ),
    );
    deliveries.push(...planned);
    previousWave = planned.map(({ id }) => id);
  }
  return deliveries;
}
