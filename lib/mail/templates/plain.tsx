import { z } from "zod";
import { Title, WrittenText } from "../components";
import { headerSchema, textSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  subject: headerSchema,
  /** Text, never markup; empty lines separate paragraphs. */
  body: textSchema,
});

/** A mail with the caller's own subject and text. */
export const plain = defineTemplate({
  props,
  subject: ({ subject }) => subject,
  preview: ({ body }) => body,
  body: ({ subject, body }) => (
    <>
      <Title>{subject}</Title>
      <WrittenText>{body}</WrittenText>
    </>
  ),
});
