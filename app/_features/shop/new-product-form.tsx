"use client";

import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useState } from "react";
import { CharactersLeft } from "@/app/_features/posts/characters-left";
import { draftArtId } from "@/app/_features/posts/draft-art-id";
import { AudioField } from "@/app/_features/uploads/audio-field";
import { CoverField } from "@/app/_features/uploads/cover-field";
import { embeddedCoverOf, slotCover } from "@/app/_features/uploads/cover-source";
import { HeldNote } from "@/app/_features/uploads/held-note";
import { TitleOffers } from "@/app/_features/uploads/title-offers";
import { UnavailableNote } from "@/app/_features/uploads/unavailable-note";
import type { UploadSettings } from "@/app/_features/uploads/upload-settings";
import { useFormUploads, useSubmitAfterUploads } from "@/app/_features/uploads/use-form-uploads";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { type FieldProps, useForm } from "@/app/_ui/forms/use-form";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { ProductKind } from "@/lib/schemas/enums";
import { MAX_AMOUNT_MINOR, MAX_STOCK, MIN_PRICE_MINOR } from "@/lib/schemas/limits";
import { newProductSchema } from "@/lib/schemas/product";
import { CurrencyField } from "./currency-field";
import { KindField } from "./kind-field";
import { EMPTY_PRODUCT_DRAFT, type ProductDraft, productDrafts, toNewProduct } from "./product-draft";
import { ProductPreview } from "./product-preview";
import { createProduct } from "./shop-api";
import { SignInAgainNote } from "./sign-in-again-note";

const MAX_TITLE_LENGTH = 120;
const MAX_TEXT_LENGTH = 5_000;

interface Props {
  viewerId: string;
  viewerName: string;
  uploadSettings: UploadSettings;
}

export function NewProductForm({ viewerId, viewerName, uploadSettings }: Props) {
  const t = useTranslations("newProduct");
  const money = useMoneyFormatter();
  const format = useFormatter();
  const router = useRouter();
  const [isSaved, setIsSaved] = useState(false);
  const { form, formProps, check, clearError, field, values, setValues, failure, busy } = useForm({
    schema: newProductSchema,
    initial: EMPTY_PRODUCT_DRAFT,
    toInput: toNewProduct,
    send: createProduct,
    onSuccess: ({ product }) => {
      setIsSaved(true);
      productDrafts.save(viewerId, EMPTY_PRODUCT_DRAFT);
      uploads.clear();
      router.push(`/shop/${product.id}`);
    },
  });
  const uploads = useFormUploads("product", {
    viewerId,
    apiUrl: uploadSettings.apiUrl,
    onFileId: (name, fileId) => {
      setValues((typed) => ({ ...typed, [name]: fileId }));
      clearError(name);
    },
  });
  const { audio, cover } = uploads;
  const isTrack = values.kind === "track";
  const { isHeld, release, onSubmit } = useSubmitAfterUploads({
    onSubmit: formProps.onSubmit,
    form,
    handles: isTrack ? { audioFileId: audio, coverFileId: cover } : { coverFileId: cover },
    values,
    check,
  });

  const restoreFiles = useEffectEvent(uploads.restore<ProductDraft>);
  // The draft is in browser storage, so it is loaded after the first render.
  useEffect(() => {
    const saved = productDrafts.read(viewerId);
    if (!saved) return;
    const draft = restoreFiles(saved);
    const isKnown = draft.kind in ProductKind;
    setValues(isKnown ? draft : { ...draft, kind: EMPTY_PRODUCT_DRAFT.kind });
  }, [viewerId, setValues]);
  useEffect(() => {
    if (values !== EMPTY_PRODUCT_DRAFT && !isSaved) productDrafts.save(viewerId, values);
  }, [viewerId, values, isSaved]);

  /** Replaces the schema error of a filled-in number or URL field with a more helpful text. */
  const withExplanation = (props: FieldProps, explanation: string): FieldProps =>
    props.error && props.value.trim() ? { ...props, error: explanation } : props;
  const { currency } = values;

  const clear = () => {
    release();
    uploads.clear();
    setValues({ ...EMPTY_PRODUCT_DRAFT });
  };
  const artId = draftArtId(viewerId, values.title);

  return (
    <div className="mt-8 grid gap-10 lg:grid-cols-[minmax(0,7fr)_minmax(0,4fr)] lg:gap-14">
      <form {...formProps} onSubmit={onSubmit} className="flex min-w-0 flex-col gap-3">
        <KindField {...field("kind")} />
        {isTrack && uploadSettings.takesSound ? (
          <AudioField
            handle={audio}
            name="audioFileId"
            error={field("audioFileId").error && t("audioRequired")}
          />
        ) : null}
        {isTrack && !uploadSettings.takesSound ? <UnavailableNote /> : null}
        <Field
          {...field("title")}
          label={t("titleLabel")}
          placeholder={t(`titlePlaceholders.${values.kind as "ticket"}`)}
          autoComplete="off"
          required
          counter={<CharactersLeft limit={MAX_TITLE_LENGTH} used={values.title.trim().length} />}
          className="h-16 font-display text-lg font-semibold"
        />
        {isTrack ? (
          <TitleOffers
            handle={audio}
            authorName={viewerName}
            title={values.title}
            onChoose={field("title").onChange}
          />
        ) : null}
        {uploadSettings.takesCovers ? (
          <CoverField
            handle={cover}
            name="coverFileId"
            error={field("coverFileId").error}
            artId={artId}
            embeddedCoverFileId={isTrack ? embeddedCoverOf(audio) : null}
          />
        ) : null}
        <div className="grid grid-cols-[minmax(0,1fr)_7rem] gap-3 sm:grid-cols-[minmax(0,1fr)_7rem_minmax(0,1fr)]">
          <Field
            {...withExplanation(
              field("priceMinor"),
              t("priceError", {
                least: money({ amountMinor: MIN_PRICE_MINOR, currency }),
                most: money({ amountMinor: MAX_AMOUNT_MINOR, currency }),
              }),
            )}
            label={t("priceLabel")}
            inputMode="decimal"
            autoComplete="off"
            required
          />
          <CurrencyField {...field("currency")} />
          <div className="max-sm:col-span-2">
            <Field
              {...withExplanation(field("stock"), t("stockError", { most: format.number(MAX_STOCK) }))}
              label={t("stockLabel")}
              hint={t("stockHint")}
              inputMode="numeric"
              autoComplete="off"
              optional
            />
          </div>
        </div>
        {values.kind === "licence" ? (
          <Field
            {...withExplanation(field("assetUrl"), t("assetError"))}
            label={t("assetLabel")}
            hint={t("assetHint")}
            placeholder="https://"
            type="url"
            inputMode="url"
            autoComplete="off"
            optional
          />
        ) : null}
        <Field
          {...field("description")}
          multiline
          label={t("textLabel")}
          hint={t(`textHints.${values.kind as "ticket"}`)}
          optional
          counter={<CharactersLeft limit={MAX_TEXT_LENGTH} used={values.description.trim().length} />}
        />
        {failure ? <FailureNote failure={failure} /> : null}
        {failure?.code === "unauthenticated" ? <SignInAgainNote next="/shop/new" /> : null}
        {isHeld ? <HeldNote onRelease={release} /> : null}
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <SubmitButton busy={busy || isHeld} label={t("submit")} busyLabel={t("submitting")} />
          <Button look="plain" size="large" onClick={clear}>
            {t("clear")}
          </Button>
        </div>
        <p className="text-sm text-faint">{t("draft")}</p>
      </form>
      <ProductPreview artId={artId} cover={slotCover(cover)} draft={values} sellerName={viewerName} />
    </div>
  );
}
