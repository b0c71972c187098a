// Showing a passkey: by a button, and where the browser offers it in the field of the address.
import { offersPasskeys, Refused, send, show } from "./passkeys.js";

// Less than the server waits for an answer.
const REFRESH_MILLISECONDS = 4 * 60 * 1000;
const place = document.querySelector("[data-passkey-sign-in]");

if (place && offersPasskeys) {
  const button = place.querySelector("[data-passkey-button]");
  const error = place.querySelector("[data-passkey-error]");
  let waiting = null;

  const ask = async (more) => {
    const options = await send(place.dataset.options, place.dataset.token, {});
    const credential = await show(options, more);
    const answer = await send(place.dataset.answer, place.dataset.token, { credential });
    location.assign(answer.next);
  };

  const offerInField = async () => {
    waiting?.abort();
    waiting = new AbortController();
    try {
      await ask({ mediation: "conditional", signal: waiting.signal });
    } catch (failure) {
      if (failure instanceof Refused) tell(failure.message);
    }
  };

  const tell = (message) => {
    error.textContent = message || place.dataset.failed;
    error.hidden = false;
  };

  button.addEventListener("click", async () => {
    // One question at a time.
    waiting?.abort();
    error.hidden = true;
    button.disabled = true;
    try {
      await ask({});
    } catch (failure) {
      tell(failure instanceof Refused ? failure.message : "");
      button.disabled = false;
    }
  });
  place.hidden = false;

  if (!("noAutofill" in place.dataset) && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
    offerInField();
    setInterval(() => {
      if (!button.disabled && !document.hidden) offerInField();
    }, REFRESH_MILLISECONDS);
  }
}
