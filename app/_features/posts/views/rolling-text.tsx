"use client";

import { useState } from "react";

/** Text whose changed characters roll, counted from the right as people read numbers. */
export function RollingText({ text }: { text: string }) {
  const [displayed, setDisplayed] = useState({ text, before: text });
  if (displayed.text !== text) setDisplayed({ text, before: displayed.text });

  const { before } = displayed;
  const characters = [...displayed.text];
  const previous = [...before];
  const offset = previous.length - characters.length;
  return characters.map((character, i) => {
    const previousCharacter = previous[i + offset] ?? "";
    const position = characters.length - i;
    if (previousCharacter === character) return <span key={position}>{character}</span>;
    return (
      // the key holds the whole text, so the next change starts a new roll
      <span key={`${String(position)}:${displayed.text}`} className="roll">
        {/* drawn by the style sheet: what has rolled away is no text, neither read aloud nor copied */}
        <span className="roll-out" data-text={previousCharacter} />
        <span className="roll-in">{character}</span>
      </span>
    );
  });
}
