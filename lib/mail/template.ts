import type { ReactElement } from "react";
import type { z } from "zod";
import type { Locale } from "../core/locale";

/** What a template knows besides its props. */
export interface TemplateContext {
  locale: Locale;
  /** Makes a path of this site absolute. */
  link(link: string): string;
}

/** One kind of mail: what it needs, and how that reads in both languages. */
export interface Template<Props extends z.ZodType> {
  props: Props;
  /** One line. */
  subject(props: z.output<Props>, context: TemplateContext): string;
  /** What the list of mails shows beside the subject. */
  preview(props: z.output<Props>, context: TemplateContext): string;
  body(props: z.output<Props>, context: TemplateContext): ReactElement;
  /** Where these mails can be turned off; without it they cannot. */
  settingsLink?(props: z.output<Props>): string | undefined;
}

/** Gives a template the type of its own props. */
export function defineTemplate<Props extends z.ZodType>(template: Template<Props>): Template<Props> {
  return template;
}
