"use client";

import { useState } from "react";

/** Text whose changed characters roll, counted from the right as people read numbers. */
export function Rolling({ text }: { text: string }) {
  const [shown, setShown] = useState({ text, before: text });
  if (shown.text !== text) setShown({ text, before: shown.text });

  const { before } = shown;
  const characters = [...shown.text];
  const previous = [...before];
  const shift = previous.length - characters.length;
  return characters.map((character, i) => {
    const old = previous[i + shift] ?? "";
    const place = characters.length - i;
    if (old === character) return <span key={place}>{character}</span>;
    return (
      // the key holds the whole text, so the next change starts a new roll
      <span key={`${String(place)}:${shown.text}`} className="roll">
        {/* drawn by the style sheet: what has rolled away is no text, neither read aloud nor copied */}
        <span className="roll-out" data-text={old} />
        <span className="roll-in">{character}</span>
      </span>
    );
  });
}
