// What only a part of a page needs is fetched when the first such part is a window's height away: most visits never reach it.

const AHEAD = "100% 0px";

export function whenNear(selector, fetch) {
  const watching = new IntersectionObserver(
    (seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      watching.disconnect();
      fetch();
    },
    { rootMargin: AHEAD },
  );
  document.querySelectorAll(selector).forEach((part) => watching.observe(part));
}
