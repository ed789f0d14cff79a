// How cards stand, apart from the page: their order by the places given, and a card moved within a list.

// Indices of cards in the order of their places; those without a place keep their order behind the others.
export function orderOf(places) {
  const given = places.map((place, index) => ({ index, place: Number(place) || Infinity }));
  return given.sort((one, other) => one.place - other.place || one.index - other.index).map(({ index }) => index);
}

// The list with one of its entries taken to another position, kept within bounds.
export function moved(list, from, to) {
  const rest = list.filter((_, index) => index !== from);
  const place = Math.min(Math.max(to, 0), rest.length);
  return [...rest.slice(0, place), list[from], ...rest.slice(place)];
}

// Before which of the rows a pointer at this height would put a card: the first whose middle is below it.
export function rowAt(middles, height) {
  const below = middles.findIndex((middle) => height < middle);
  return below < 0 ? middles.length : below;
}
