import { route } from "@/app/api/define-route";
import { onlyAllows } from "@/lib/core/http";
import { syncNow, syncResponseSchema } from "@/lib/views";

// POST /api/posts/sync-views
export const POST = route(
  {
    summary: "Carry waiting views into Postgres now",
    auth: "admin",
    limit: "strict",
    response: syncResponseSchema,
  },
  async () => syncNow("admin"),
);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = onlyAllows("POST");
