// The warning that the time is nearly over: one press gives more, and the focus returns to where it was.

export function openWarning(dialog, take) {
  const form = dialog.querySelector("[data-more-time]");
  dialog.querySelector("[data-close]").onclick = () => dialog.close();
  dialog.querySelector("[data-refusal]").hidden = true;
  if (form) {
    form.onsubmit = async (event) => {
      event.preventDefault();
      await askForTime(dialog, form, take);
    };
  }
  dialog.showModal();
}

async function askForTime(dialog, form, take) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
  }).catch(() => null);
  const told = answer && (await answer.json().catch(() => null));
  if (answer?.ok) {
    take(told);
    dialog.close();
    return;
  }
  const refusal = dialog.querySelector("[data-refusal]");
  refusal.hidden = false;
  refusal.textContent = told?.message ?? form.dataset.failed;
}
