import { POST as receiveDelivery } from "@/app/api/qstash/[queue]/route";
import { handlePaymentTasks } from "@/tests/support/factories/test-payments";
import { serveRoutes } from "./route-server";

/** An instance of the app that works on payment tasks with its environment's settings. */
process.on("disconnect", () => process.exit(0));
handlePaymentTasks();
await serveRoutes(Number(new URL(process.env.APP_URL ?? "").port), [
  { path: "/api/qstash/{queue}", method: "POST", handler: receiveDelivery },
]);
process.send?.("ready");
