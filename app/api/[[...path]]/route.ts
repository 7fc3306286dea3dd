import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";

/** Whatever no other route takes: the standard body, not a page. */
const notFound = defineRoute({ summary: "No such path", auth: "public", response: z.never() }, async () => {
  throw new AppError("not_found");
});

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
