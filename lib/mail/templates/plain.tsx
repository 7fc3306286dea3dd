import { z } from "zod";
import { Title, WrittenText } from "../components";
import { headerSchema, textSchema } from "../fields";
import { defineTemplate } from "../template";

const props = z.object({
  subject: headerSchema,
  /** Text, never markup; empty lines part paragraphs. */
  body: textSchema,
});

/** Whatever the caller has to say. */
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
