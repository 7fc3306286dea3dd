import { serveApp } from "./app-server";
import { serveWorld } from "./task-world";

/** An instance of the app that works on tasks, with the environment it was started with. */
process.on("disconnect", () => process.exit(0));
serveWorld();
await serveApp(Number(new URL(process.env.APP_URL ?? "").port));
process.send?.("ready");
