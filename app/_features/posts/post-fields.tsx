import { useTranslations } from "next-intl";
import { Field } from "@/app/_ui/forms/field";
import type { FieldProps } from "@/app/_ui/forms/use-form";
import { CharactersLeft } from "./characters-left";

const MAX_TITLE_LENGTH = 120;
const MAX_TEXT_LENGTH = 5_000;

export function TitleField({ field }: { field: FieldProps }) {
  const t = useTranslations("newPost");
  return (
    <Field
      {...field}
      label={t("titleLabel")}
      hint={t("titleHint")}
      placeholder={t("titlePlaceholder")}
      autoComplete="off"
      required
      counter={<CharactersLeft limit={MAX_TITLE_LENGTH} used={field.value.trim().length} />}
      className="h-16 font-display text-lg font-semibold"
    />
  );
}

export function TextField({ field }: { field: FieldProps }) {
  const t = useTranslations("newPost");
  return (
    <Field
      {...field}
      multiline
      label={t("textLabel")}
      hint={t("textHint")}
      optional
      counter={<CharactersLeft limit={MAX_TEXT_LENGTH} used={field.value.trim().length} />}
    />
  );
}

export function TagsField({ field }: { field: FieldProps }) {
  const t = useTranslations("newPost");
  return (
    <Field
      {...field}
      label={t("tagsLabel")}
      hint={t("tagsHint")}
      placeholder={t("tagsPlaceholder")}
      autoComplete="off"
      optional
    />
  );
}
