import { z } from "zod";
import { defineRoute } from "@/app/api/define-route";
import { AppError } from "@/lib/core/errors";

/** Answers every path that no other route matches with the standard error body instead of an HTML page. */
const notFound = defineRoute({ summary: "No such path", auth: "public", response: z.never() }, async () => {
  throw new AppError("not_found");
});

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
