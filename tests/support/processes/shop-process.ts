import { z } from "zod";
import { callerSchema } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { placeTestOrder, runTasks, sendPaymentEvent } from "@/tests/support/factories/shop";

/**
 * An instance of the app that does one piece of the shop's work and dies at the FAILPOINT of its environment. Its only
 * argument is that work as JSON.
 */
const workSchema = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("order"),
    buyer: callerSchema,
    productId: z.uuid(),
    clientKey: z.string(),
    bonusAmount: z.int(),
  }),
  z.object({
    do: z.literal("event"),
    event: z.object({
      id: z.string(),
      object: z.literal("event"),
      type: z.string(),
      data: z.object({ object: z.record(z.string(), z.unknown()) }),
    }),
  }),
  z.object({ do: z.literal("run"), tasks: z.array(z.object({ id: z.uuid(), queue: z.string() })) }),
]);

export type ShopWork = z.infer<typeof workSchema>;

const work = workSchema.parse(JSON.parse(process.argv[2] ?? ""));
if (work.do === "order") await placeTestOrder(work.buyer, work);
else if (work.do === "event") await sendPaymentEvent(work.event);
else await runTasks(work.tasks);
await waitForDeferredWork();
process.exit(0);
