import { z } from "zod";
import { bioSchema, linkLabelSchema, linkUrlSchema } from "@/lib/schemas/profile";
import { LINK_ROWS } from "./link-values";

const url = z.literal("").or(linkUrlSchema);
const label = linkLabelSchema;

/** Loaded with the form. A row with a label alone is refused at its address. */
export const profileFormSchema = z
  .object({
    bio: bioSchema,
    ...{ url0: url, url1: url, url2: url, url3: url, url4: url },
    ...{ label0: label, label1: label, label2: label, label3: label, label4: label },
    pictureFileId: z.string(),
  })
  .check(({ value, issues }) => {
    for (const row of LINK_ROWS)
      if (value[`label${row}`] !== "" && value[`url${row}`] === "")
        issues.push({ code: "custom", path: [`url${row}`], input: "" });
  });
