// Runs before the first paint, so that a dark page never flashes white. Chosen by the system until the
// person chooses; the choice is kept in this browser.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("theme");
  const show = () => { document.documentElement.dataset.theme = chosen() ?? (system.matches ? "dark" : "light"); };
  system.addEventListener("change", show);
  window.switchTheme = () => {
    localStorage.setItem("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    show();
  };
  show();
})();
