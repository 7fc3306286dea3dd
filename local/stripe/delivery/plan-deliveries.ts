import type { Faults } from "../faults";
import { newId } from "../ids";
import type { EmittedEvent } from "../money/draft";
import type { Delivery } from "../state/model";

/**
 * Plans the deliveries of one commit's events: concurrent, unless waves or faults order them. A wave starts once all
 * deliveries of the previous wave have been attempted, successfully or not.
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
