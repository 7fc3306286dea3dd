import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import type { admissionSchema } from "@/lib/schemas/delivery";

export type Admission = z.infer<typeof admissionSchema>;

/** Admits a ticket, once. Safe to repeat after a lost answer. */
export function admitTicket(code: string) {
  return callApi<Admission>("/api/deliveries/admit", { method: "POST", body: { code }, repeatable: true });
}
