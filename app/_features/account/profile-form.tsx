"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { refreshChangedPage } from "@/app/_data/refresh-changed-page";
import { CharactersLeft } from "@/app/_features/posts/characters-left";
import { CoverField } from "@/app/_features/uploads/cover-field";
import type { UploadSettings } from "@/app/_features/uploads/upload-settings";
import { uploadSlot } from "@/app/_features/uploads/upload-slots";
import { useSubmitAfterUploads } from "@/app/_features/uploads/use-form-uploads";
import { isBeingProcessed, useUploadSlot } from "@/app/_features/uploads/use-upload-slot";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { MAX_BIO_LENGTH } from "@/lib/schemas/limits";
import type { Person } from "@/lib/schemas/person";
import { changeProfile } from "./account-api";
import { LinkRows } from "./link-rows";
import { filledRows, toLinks, toLinkValues } from "./link-values";
import { profileFormSchema } from "./profile-form-schema";
import { SuccessNote } from "./success-note";

interface Props {
  person: Pick<Person, "id" | "bio" | "links" | "picture">;
  uploadSettings: UploadSettings;
}

/** What a person's page shows and says of them. */
export function ProfileForm({ person, uploadSettings: { apiUrl, takesCovers } }: Props) {
  const t = useTranslations("profile");
  const router = useRouter();
  const [isSaved, setIsSaved] = useState(false);
  const [isPictureRemoved, setIsPictureRemoved] = useState(false);
  const { form, formProps, check, clearError, field, values, setValues, failure, busy } = useForm({
    schema: profileFormSchema,
    initial: { pictureFileId: "", bio: person.bio, ...toLinkValues(person.links) },
    toInput: (typed) => typed,
    send: async (input) => {
      const picture =
        isPictureRemoved && input.pictureFileId === "" ? null : input.pictureFileId || undefined;
      const result = await changeProfile({
        ...{ bio: input.bio, links: toLinks(input) },
        ...(picture === undefined ? {} : { pictureFileId: picture }),
      });
      if (result.ok) return result;
      // The API counts the links, and the form its rows.
      const rows = filledRows(input);
      const details = result.failure.details.map((detail) => {
        const [list, index, name] = detail.path.split(".");
        return list === "links" ? { ...detail, path: `${name ?? "url"}${rows[Number(index)] ?? 0}` } : detail;
      });
      return { ok: false as const, failure: { ...result.failure, details } };
    },
    isReusable: true,
    onSuccess: () => {
      setIsSaved(true);
      refreshChangedPage(router);
    },
  });
  const slot = uploadSlot("profile", "cover", { viewerId: person.id, apiUrl });
  const state = useUploadSlot(slot, person.id, (fileId) => {
    setIsSaved(false);
    setValues((typed) => ({ ...typed, pictureFileId: fileId ?? "" }));
    clearError("pictureFileId");
  });
  const picture = { slot, state, viewerId: person.id };
  const { isHeld, onSubmit } = useSubmitAfterUploads({
    onSubmit: formProps.onSubmit,
    ...{ form, handles: { pictureFileId: picture }, values, check },
  });
  const isPictureReady = state.phase === "stored" && !isBeingProcessed(state.file);
  useEffect(() => {
    // The page's head has it too, once it is made.
    if (isPictureReady && isSaved) return refreshChangedPage(router);
  }, [isPictureReady, isSaved, router]);
  const bio = field("bio");
  const touch = (change: () => void) => {
    setIsSaved(false);
    change();
  };
  return (
    <form {...formProps} onSubmit={onSubmit} className="flex flex-col gap-3">
      {takesCovers ? (
        <CoverField
          of="picture"
          handle={picture}
          name="pictureFileId"
          error={field("pictureFileId").error}
          artId={person.id}
          current={
            person.picture && !isPictureRemoved
              ? { cover: person.picture, onRemove: () => touch(() => setIsPictureRemoved(true)) }
              : null
          }
        />
      ) : null}
      <Field
        {...bio}
        onChange={(value) => touch(() => bio.onChange(value))}
        multiline
        label={t("bioLabel")}
        hint={t("bioHint")}
        optional
        counter={<CharactersLeft limit={MAX_BIO_LENGTH} used={bio.value.trim().length} />}
      />
      <LinkRows
        field={field}
        values={values}
        onChange={(changed) => touch(() => setValues((typed) => ({ ...typed, ...changed })))}
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="mt-1 flex flex-wrap items-center gap-4">
        <SubmitButton busy={busy || isHeld} label={t("save")} busyLabel={t("saving")} />
        <SuccessNote text={isSaved && !busy ? t("aboutSaved") : null} />
      </div>
    </form>
  );
}
