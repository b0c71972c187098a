// Forms that are sent once, however often their button is pressed; what stands in data-once is said meanwhile.

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button) return;
    button.dataset.said = button.innerHTML;
    button.classList.add("busy");
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.once;
  });
  // Whoever comes back by the browser's button finds the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
