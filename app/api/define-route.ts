import { createRoute } from "@/lib/core/http";
import { authenticate } from "@/lib/sessions";

/** The wrapper of every route handler, with the session service to say who calls. */
export const defineRoute = createRoute({ authenticate });
