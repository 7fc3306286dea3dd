import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { backUpRedis, backupEntrySchema } from "@/lib/ops";
import { reasonBodySchema } from "@/lib/schemas/reason";

// POST /api/admin/redis/backup
export const POST = defineRoute(
  {
    summary: "All keys as JSON lines; streamed, so without Content-Length",
    auth: "admin",
    fresh: true,
    limit: "strict",
    body: reasonBodySchema,
    /** Of one line. */
    response: backupEntrySchema,
  },
  async ({ body: { reason }, caller, client, requestId }) => {
    const entries = backUpRedis(caller, { client, requestId, reason });
    // A refusal or an outage comes before the first byte.
    const first = await entries.next();
    return new Response(toLines(first, entries), {
      headers: {
        "content-type": "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="redis.jsonl"`,
        "cache-control": "no-store",
        "x-request-id": requestId,
      },
    });
  },
);

type Entries = ReturnType<typeof backUpRedis>;

/** Reads the next key when the client has taken the last one; a disconnect ends the reading. */
function toLines(first: Awaited<ReturnType<Entries["next"]>>, entries: Entries): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let pending: typeof first | undefined = first;
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = pending ?? (await entries.next());
      pending = undefined;
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      await entries.return(undefined);
    },
  });
}

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
