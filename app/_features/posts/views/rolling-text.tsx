"use client";

import { useState } from "react";

/** Text whose changed characters roll; positions are counted from the right, as in numbers. */
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
      // The key contains the whole text, so that the next change starts a new animation.
      <span key={`${String(position)}:${displayed.text}`} className="roll">
        {/* Drawn by CSS, so that the old character is neither read aloud nor copied. */}
        <span className="roll-out" data-text={previousCharacter} />
        <span className="roll-in">{character}</span>
      </span>
    );
  });
}
