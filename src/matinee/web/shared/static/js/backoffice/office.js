// What every page of the back office has: the menu folds on narrow screens, and the field that is meant has the focus.

const narrow = matchMedia("(max-width: 60rem)");
const menu = document.querySelector("[data-office-menu]");

function fold() {
  if (menu) menu.open = !narrow.matches;
}

narrow.addEventListener("change", fold);
fold();
document.querySelector("[data-focus]")?.focus();

// The token goes with whatever htmx sends.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});
// What did not come through is said where one looks.
document.addEventListener("htmx:sendError", () => {
  const notices = document.getElementById("notices");
  const notice = Object.assign(document.createElement("p"), { className: "notice notice-error", textContent: document.body.dataset.offline || "…" });
  notice.setAttribute("role", "alert");
  notices?.replaceChildren(notice);
});
