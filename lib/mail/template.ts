import type { ReactElement } from "react";
import type { z } from "zod";
import type { Locale } from "../core/locale";

/** A template's input besides its props. */
export interface TemplateContext {
  locale: Locale;
  /** Makes a path on this site absolute. */
  link(link: string): string;
}

/** One kind of mail: its props, and its texts in both languages. */
export interface Template<Props extends z.ZodType> {
  props: Props;
  /** One line. */
  subject(props: z.output<Props>, context: TemplateContext): string;
  /** What an inbox shows beside the subject. */
  preview(props: z.output<Props>, context: TemplateContext): string;
  body(props: z.output<Props>, context: TemplateContext): ReactElement;
  /** Page where these mails can be turned off; absent when they cannot. */
  settingsLink?(props: z.output<Props>): string | undefined;
}

/** Infers a template's props from its schema. */
export function defineTemplate<Props extends z.ZodType>(template: Template<Props>): Template<Props> {
  return template;
}
