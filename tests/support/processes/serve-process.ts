import { handlePaymentTasks } from "@/tests/support/factories/test-payments";
import { serveApp } from "./app-server";

/** An instance of the app that works on tasks, with the environment it was started with. */
process.on("disconnect", () => process.exit(0));
handlePaymentTasks();
await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
process.send?.("ready");
