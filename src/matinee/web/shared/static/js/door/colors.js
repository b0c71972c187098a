// Before anything is drawn: the colours that were chosen at this door. Without a choice those that were chosen for the website,
// else dark, as a foyer is.

(() => {
  const root = document.documentElement;
  const given = root.dataset.theme || "";
  const light = matchMedia("(prefers-color-scheme: light)");
  function chosen(name) {
    try {
      return JSON.parse(localStorage.getItem(`door-${name}`));
    } catch {
      return null;
    }
  }
  function apply() {
    const colors = chosen("colors") ?? (given || "dark");
    const day = colors === "device" ? (light.matches ? "light" : "dark") : colors;
    root.dataset.theme = chosen("night") === true ? "night" : day;
  }
  light.addEventListener("change", apply);
  document.addEventListener("door:colors", apply);
  apply();
})();
