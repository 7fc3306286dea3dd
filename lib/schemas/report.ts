import { z } from "zod";
import { ReportReason, ReportState, ReportTarget } from "./enums";
import { idSchema } from "./id";
import { pageQueryShape, pageSchema } from "./page";
import { reasonSchema } from "./reason";
import { multilineTextSchema } from "./text";

export const MAX_REPORT_LENGTH = 1_000;
const MAX_REPORT_LINE_BREAKS = 40;
/** Characters of what was reported that operators read, and that the report keeps. */
export const MAX_REPORTED_LENGTH = 2_000;

export const newReportSchema = z
  .strictObject({
    target: z.enum(ReportTarget),
    /** Of the post, message, person or product. */
    targetId: idSchema,
    reason: z.enum(ReportReason),
    /** What is wrong, in the reporter's words; required where the reason is `other`. */
    text: multilineTextSchema(MAX_REPORT_LENGTH, MAX_REPORT_LINE_BREAKS).default(""),
  })
  .refine(({ reason, text }) => reason !== "other" || text !== "", { path: ["text"] });

/** A report as its reporter sees it. */
export const reportSchema = z.object({
  id: idSchema,
  target: z.enum(ReportTarget),
  targetId: idSchema,
  reason: z.enum(ReportReason),
  state: z.enum(ReportState),
  createdAt: z.iso.datetime(),
});

export type Report = z.infer<typeof reportSchema>;

const partySchema = z.object({ id: idSchema, name: z.string(), handle: z.string() });

/** A report as operators see it, with what it is about as that was and as it is now. */
export const reportViewSchema = reportSchema.extend({
  text: z.string(),
  closedAt: z.iso.datetime().nullable(),
  /** Why it was closed, in the operator's words. */
  closedFor: z.string().nullable(),
  /** Null: the account was erased. */
  reporter: partySchema.nullable(),
  /** As it was when it was reported. Null: its account was erased, or the report is older than the field. */
  reported: z
    .object({ title: z.string().nullable(), text: z.string(), author: partySchema.nullable() })
    .nullable(),
  /** As it is now. Null: it was deleted, or its account. */
  content: z
    .object({
      /** A title, or a person's name; null: a message has none. */
      title: z.string().nullable(),
      /** The first characters of the text. */
      text: z.string(),
      author: partySchema.nullable(),
      /** Its page; null: only members of its chat see it. */
      path: z.string().nullable(),
    })
    .nullable(),
});

export type ReportView = z.infer<typeof reportViewSchema>;

export const reportPageQuerySchema = z.object({
  ...pageQueryShape(),
  state: z.enum(ReportState).default("open"),
});

export const reportPageSchema = pageSchema(reportViewSchema);

export type ReportPage = z.infer<typeof reportPageSchema>;

export const closeReportSchema = z.strictObject({
  outcome: z.enum(["dismissed", "resolved"]),
  reason: reasonSchema,
});
