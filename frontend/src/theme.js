// Light or dark by choice. The choice is a cookie, so that the server writes it into the page and nothing flashes;
// choosing what the system prefers anyway forgets the choice.

const button = document.querySelector("[data-theme-button]");
const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;
const YEAR_SECONDS = 31_536_000;

const shown = () => root.dataset.theme ?? (system.matches ? "dark" : "light");

function choose(theme) {
  const followsSystem = (theme === "dark") === system.matches;
  if (followsSystem) delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.cookie = `theme=${followsSystem ? "" : theme}; path=/; max-age=${followsSystem ? 0 : YEAR_SECONDS}; samesite=lax`;
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => choose(shown() === "dark" ? "light" : "dark"));
}
