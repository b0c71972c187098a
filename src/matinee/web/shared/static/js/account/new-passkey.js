// Making a passkey on the page of settings.
import { make, offersPasskeys, Refused, send } from "./passkeys.js";

const place = document.querySelector("[data-new-passkey]");

if (place && offersPasskeys) {
  const form = place.querySelector("form");
  const error = place.querySelector("[data-passkey-error]");
  const button = form.querySelector("button:not([type=button])");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    button.disabled = true;
    const { token } = place.dataset;
    try {
      const options = await send(place.dataset.options, token, { password: form.elements.password.value });
      const credential = await make(options);
      const answer = await send(place.dataset.answer, token, { name: form.elements.name.value, credential });
      // To the same page: the address alone, with its fragment, would not load it anew.
      location.hash = new URL(answer.next, location.href).hash;
      location.reload();
    } catch (failure) {
      error.textContent = (failure instanceof Refused && failure.message) || place.dataset.failed;
      error.hidden = false;
      button.disabled = false;
    }
  });
  place.hidden = false;
  document.querySelector("[data-no-passkeys]").hidden = true;
}
