import { POST as receiveDelivery } from "@/app/api/qstash/[queue]/route";
import { newId } from "@/lib/core/ids";
import { sweepTasks } from "@/lib/tasks";
import {
  createPayment,
  handlePaymentTasks,
  makeTasksDue,
  type PaymentBehaviour,
} from "@/tests/support/factories/test-payments";
import { serveRoutes } from "./route-server";

/**
 * An instance of the app that creates one payment and works on its task until it dies at the FAILPOINT of its
 * environment. Arguments: payment, behaviour of its task.
 */
const [id = newId(), behaviour = "works"] = process.argv.slice(2);
process.on("disconnect", () => process.exit(0));
handlePaymentTasks();
await serveRoutes(Number(new URL(process.env.APP_URL ?? "").port), [
  { path: "/api/qstash/{queue}", method: "POST", handler: receiveDelivery },
]);
await createPayment(behaviour as PaymentBehaviour, id);
for (;;) {
  await makeTasksDue([id]);
  await sweepTasks().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
}
