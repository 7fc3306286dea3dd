import { useTranslations } from "next-intl";
import { MAX_CAPTION_LENGTH, MAX_MESSAGE_LENGTH } from "@/lib/schemas/telegram-text";
import type { Texts } from "@/lib/schemas/workflow";
import { TextField } from "./fields";
import type { PanelForm } from "./panel-form";

interface Props {
  form: Pick<PanelForm, "errorAt" | "variables">;
  /** Path within the node. */
  path: string;
  labels: { ru: string; en: string };
  value: Texts;
  /** @param field  the path of the text */
  onChange: (texts: Texts, field: string) => void;
  hasPicture?: boolean;
}

/** A message's text in both languages. */
export function TextsFields({ form, path, labels, value, onChange, hasPicture = false }: Props) {
  const t = useTranslations("botEditor.panel");
  return (
    <>
      {(["ru", "en"] as const).map((language) => (
        <TextField
          key={language}
          name={`${path}.${language}`}
          label={labels[language]}
          value={value[language]}
          error={form.errorAt(`${path}.${language}`)}
          hint={language === "ru" ? t("html") : ""}
          variables={form.variables}
          maxLength={hasPicture ? MAX_CAPTION_LENGTH : MAX_MESSAGE_LENGTH}
          multiline
          onChange={(text) => onChange({ ...value, [language]: text }, `${path}.${language}`)}
        />
      ))}
    </>
  );
}

/** A label in both languages, without variables. */
export function LabelFields({ form, path, labels, value, onChange }: Omit<Props, "hasPicture">) {
  return (
    <div className="grid gap-x-3 sm:grid-cols-2 lg:grid-cols-1 xl:grid-cols-2">
      {(["ru", "en"] as const).map((language) => (
        <TextField
          key={language}
          name={`${path}.${language}`}
          label={labels[language]}
          value={value[language]}
          error={form.errorAt(`${path}.${language}`)}
          onChange={(text) => onChange({ ...value, [language]: text }, `${path}.${language}`)}
        />
      ))}
    </div>
  );
}
