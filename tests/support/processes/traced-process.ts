import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { POST as receiveDelivery } from "@/app/api/qstash/[queue]/route";
import { env } from "@/lib/core/env";
import { backgroundTaskService } from "@/lib/tasks";
import { serveRoutes } from "./route-server";

/**
 * An instance of the app that traces and logs as its environment says. `POST /api/test/fail` enqueues a mail and fails.
 * It prints `ready` when it answers.
 */
if (env().OTEL_EXPORTER_OTLP_ENDPOINT !== undefined)
  (await import("@/lib/core/open-telemetry")).registerTelemetry();

const fail = defineRoute(
  { summary: "Test", auth: "public", body: z.object({ to: z.email() }), response: z.object({}) },
  async ({ body }) => {
    await backgroundTaskService.sendEmail(body.to, "Subject", "Text");
    throw new Error("broken after the commit");
  },
);

await serveRoutes(Number(new URL(env().APP_URL).port), [
  { path: "/api/qstash/{queue}", method: "POST", handler: receiveDelivery },
  { path: "/api/test/fail", method: "POST", handler: fail },
]);
console.log("ready");
