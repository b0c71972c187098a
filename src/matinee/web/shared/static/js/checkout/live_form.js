// A form that is sent when something in it is changed: the parts of the page that data-live names are shown anew, and the
// focus stays where it is. Without this script its button does the same.

export function makeLive(form) {
  const button = form.querySelector("[data-live-button]");
  if (button) button.hidden = true;
  let sending = false;
  let again = false;
  form.addEventListener("change", async () => {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    do {
      again = false;
      await send(form);
    } while (again);
    sending = false;
  });
}

async function send(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer?.ok) {
    location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const ids = form.dataset.live.split(" ");
  if (!ids.every((id) => page.getElementById(id))) {
    // It is another page by now.
    location.reload();
    return;
  }
  for (const id of ids) {
    // Their content and not themselves: what is said aloud must be the same element.
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  for (const field of form.querySelectorAll("select")) {
    // Where the change was refused it is what it was.
    field.value = page.getElementById(field.id)?.value ?? field.value;
  }
  document.querySelector(".notices")?.remove();
  const notices = page.querySelector(".notices");
  if (notices) document.querySelector(".top").after(notices);
}
