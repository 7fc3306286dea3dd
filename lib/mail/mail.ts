import { z } from "zod";
import { localeSchema } from "../schemas/locale";
import { addressSchema, idempotencyKeySchema } from "./fields";
import { templates } from "./templates";

/** The catalogue of mails; each is a file in templates/. */
export type TemplateName = keyof typeof templates;

export const templateNames = Object.keys(templates) as TemplateName[];

const envelope = {
  to: addressSchema,
  locale: localeSchema,
  /** The same for every attempt to send a mail, such as its task's id. */
  idempotencyKey: idempotencyKeySchema,
};

function mailSchemaFor<Name extends TemplateName>(name: Name) {
  return z.object({ ...envelope, template: z.literal(name), props: templates[name].props });
}

/** A mail: recipient, language, template and the template's props. */
export const mailSchema = z.discriminatedUnion("template", [
  mailSchemaFor("order-delivered"),
  mailSchemaFor("sale"),
  mailSchemaFor("refund"),
  mailSchemaFor("notification"),
  mailSchemaFor("plain"),
  mailSchemaFor("confirm-address"),
  mailSchemaFor("reset-password"),
  mailSchemaFor("account-notice"),
  mailSchemaFor("account-deleted"),
  mailSchemaFor("alert"),
]);

export type Mail = z.input<typeof mailSchema>;
