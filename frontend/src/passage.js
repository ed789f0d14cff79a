// A passage as it is kept, a quote with what stands before and after it, and where it is in the text of now.
// White space is left out of the comparison: a browser selects it otherwise than it was written.

export const CONTEXT = 40;
export const LONGEST_QUOTE = 600;

const squeezed = (text) => text.replace(/\s+/g, "");

// Where a passage begins and ends in a text, as offsets of its characters, or null where it is gone. Of several places
// the one in the same surroundings is meant, or else the first.
export function findPassage(text, { quote, prefix, suffix }) {
  const offsets = [...text.matchAll(/\S/g)].map((match) => match.index);
  const haystack = squeezed(text);
  const needle = squeezed(quote);
  if (!needle) return null;
  const before = squeezed(prefix);
  const exact = haystack.indexOf(before + needle + squeezed(suffix));
  const at = exact >= 0 ? exact + before.length : haystack.indexOf(needle);
  return at < 0 ? null : { start: offsets[at], end: offsets[at + needle.length - 1] + 1 };
}

// A passage between two offsets of a text, as it is kept.
export function passageAt(text, start, end) {
  const last = Math.min(end, start + LONGEST_QUOTE);
  return {
    quote: text.slice(start, last).replace(/\s+/g, " ").trim(),
    prefix: text.slice(Math.max(0, start - CONTEXT), start).replace(/\s+/g, " ").trim(),
    suffix: text.slice(last, last + CONTEXT).replace(/\s+/g, " ").trim(),
  };
}
