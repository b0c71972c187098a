// Asks for what changes again and again, as long as somebody can see it. What was opened or has the focus stays so.

const page = document.querySelector("[data-live-page]");
const stale = page.querySelector("[data-stale]");
const live = () => page.querySelector("[data-live]");
let opened = [];

function refresh() {
  if (!document.hidden && window.htmx) window.htmx.trigger(live(), "refresh");
}

setInterval(refresh, Number(page.dataset.seconds) * 1000);
document.addEventListener("visibilitychange", refresh);

page.addEventListener("htmx:beforeSwap", (event) => {
  // 200 brings the part; anything else is no figure to show.
  if (event.detail.xhr.status !== 200) {
    event.detail.shouldSwap = false;
    return;
  }
  opened = [...live().querySelectorAll("details[open]")].map((one) => one.closest("[id]").id);
});
page.addEventListener("htmx:afterSettle", () => {
  for (const id of opened) {
    const box = document.getElementById(id);
    (box?.matches("details") ? box : box?.querySelector("details"))?.setAttribute("open", "");
  }
});
page.addEventListener("htmx:afterRequest", (event) => {
  stale.hidden = [200, 204].includes(event.detail.xhr.status);
});
