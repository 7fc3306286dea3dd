import { defineRoute } from "@/app/api/define-route";
import { rejectOtherMethods } from "@/lib/core/http";
import { accountExportSchema, exportAccount } from "@/lib/privacy";

// GET /api/me/export
export const GET = defineRoute(
  {
    summary: "Export the caller's data as one JSON file; streamed, so without Content-Length",
    auth: "user",
    limit: "strict",
    response: accountExportSchema,
  },
  async ({ caller, client, requestId }) => {
    const chunks = await exportAccount(caller.userId, { client, requestId });
    return new Response(toReadableStream(chunks), {
      headers: {
        "content-type": "application/json",
        "content-disposition": `attachment; filename="normaldance-account.json"`,
        "cache-control": "no-store",
        "x-request-id": requestId,
      },
    });
  },
);

/** Reads the next chunk when the client has taken the last one; a disconnect ends the export. */
function toReadableStream(chunks: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

export const { POST, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("GET");
