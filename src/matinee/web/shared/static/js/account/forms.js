// Small comforts of forms: a button that shows the password, and the summary of what is wrong in view.

for (const place of document.querySelectorAll("[data-reveal]")) {
  const input = place.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-label", `${place.dataset.label}`);
  button.setAttribute("aria-pressed", "false");
  button.textContent = place.dataset.show;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? place.dataset.show : place.dataset.hide;
    button.setAttribute("aria-pressed", String(!shown));
  });
  place.append(button);
  // What is sent is a password again: browsers keep what stands in a plain field.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
}

document.querySelector("[data-focus]")?.focus();
