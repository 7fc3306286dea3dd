import { handlePaymentTasks } from "@/tests/support/factories/test-payments";
import { serveApp } from "./app-server";

/** An instance of the app that works on payment tasks with its environment's settings. */
process.on("disconnect", () => process.exit(0));
handlePaymentTasks();
await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
process.send?.("ready");
