"use client";

import type { ChangeEvent } from "react";

/** What the file dialog proposes; any other file can be chosen too, since its content decides. */
const ACCEPT = {
  audio: "audio/*,.wav,.flac,.aif,.aiff,.mp3,.m4a,.ogg,.opus",
  cover: "image/jpeg,image/png,image/webp,image/avif,image/gif",
};

interface Props {
  id: string;
  purpose: keyof typeof ACCEPT;
  name: string;
  label: string;
  describedBy: string | undefined;
  isInvalid: boolean;
  onFile: (file: File) => void;
}

/** The control of a dropzone, invisible inside its label: keyboards and screen readers use it as any file input. */
export function FileInput({ id, purpose, name, label, describedBy, isInvalid, onFile }: Props) {
  return (
    <input
      id={id}
      type="file"
      name={name}
      accept={ACCEPT[purpose]}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={isInvalid ? true : undefined}
      onChange={({ target }: ChangeEvent<HTMLInputElement>) => {
        const file = target.files?.[0];
        // The same file can be chosen again, after a failure.
        target.value = "";
        if (file) onFile(file);
      }}
      className="sr-only"
    />
  );
}
